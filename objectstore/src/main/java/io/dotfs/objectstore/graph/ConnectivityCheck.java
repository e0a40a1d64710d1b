package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.List;

/**
 * Judges whether a received batch is complete: everything reachable from the new tips is in the
 * batch or reachable from commits that the peer may read. What else the store holds does not count
 * ("knowing an id gives nobody its content"). Every new node is decoded strictly on the way.
 */
public final class ConnectivityCheck {
  private final ObjectReader received;
  private final ObjectReader store;

  /**
   * Makes a check.
   *
   * @param received the new objects alone ({@link io.dotfs.objectstore.pack.PackWriter#pending})
   * @param store what the receiver had before
   */
  public ConnectivityCheck(ObjectReader received, ObjectReader store) {
    this.received = received;
    this.store = store;
  }

  /**
   * Finds what is missing.
   *
   * @param tips the new values of refs: commits or tags
   * @param complete commits (or tags) that the peer may read and whose objects are all in the store
   * @param limit stop after this many
   * @return ids that something reachable refers to and that are neither in the batch nor reachable
   *     from {@code complete}; empty if the batch is complete
   * @throws io.dotfs.objectstore.error.CorruptObjectException if a new object is malformed, or its
   *     totals, sizes, types or generation contradict what it names
   */
  public List<ObjectId> missing(Collection<ObjectId> tips, Collection<ObjectId> complete, int limit)
      throws StoreException {
    throw new UnsupportedOperationException(received.toString() + store);
  }
}
