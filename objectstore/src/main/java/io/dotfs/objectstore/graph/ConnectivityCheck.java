package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.List;

/**
 * Judges whether a received batch is complete: everything reachable from the new tips is in the
 * batch or reachable from commits that the peer may read. What else the store holds does not count
 * ("knowing an id gives nobody its content"). Every new node is decoded strictly on the way, and
 * everything that it says about others is held against them.
 *
 * <p>A new commit's tree is compared with its parents': what is equal at the same place is complete
 * because it was, and so is what was renamed between the two. So a check reads the new objects and
 * their counterparts, no more. Only if the new objects name something else that is not in the batch
 * does the check go through all that is reachable from {@code complete}, once, until it is found.
 *
 * <p>Memory: about 100 bytes for each new commit and node, and in the second case for each node
 * that the peer may read. Any number of threads may use one; it keeps no state of its own.
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
   * Finds what is missing. What a missing object names is not known, so that more may be missing
   * than is returned.
   *
   * @param tips the new values of refs: commits or tags
   * @param complete commits (or tags) that the peer may read and whose objects are all in the store
   * @param limit stop after this many, at least 1
   * @return ids that something reachable refers to and that are neither in the batch nor reachable
   *     from {@code complete}; empty if and only if the batch is complete
   * @throws io.dotfs.objectstore.error.CorruptObjectException if a new object is malformed, or its
   *     totals, sizes, types or generation contradict what it names
   */
  public List<ObjectId> missing(Collection<ObjectId> tips, Collection<ObjectId> complete, int limit)
      throws StoreException {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit);
    }
    return new ConnectivityRun(received, store, complete, limit).run(tips);
  }
}
