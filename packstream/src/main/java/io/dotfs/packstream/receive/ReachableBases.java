package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.store.DeltaBases;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.negotiate.ReachableObjects;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a pusher's objects may be differences to: what the dot's refs reach, which the pusher may
 * read. Anything else is not there for them: else a guess at an object, sent as a difference to it,
 * would be answered. Any number of threads may use it.
 */
final class ReachableBases implements DeltaBases {
  private final ObjectStore store;
  private final RefStore refs;
  private final ReachableObjects reachable;

  /** Where the dot's refs were when the last push began. */
  private volatile List<ObjectId> tips = List.of();

  ReachableBases(ObjectStore store, RefStore refs, ReachableObjects reachable) {
    this.store = store;
    this.refs = refs;
    this.reachable = reachable;
  }

  /** Looks where the refs are. */
  void refresh() throws StoreException {
    SortedMap<RefName, ObjectId> all = new TreeMap<>(refs.list("heads/"));
    all.putAll(refs.list("tags/"));
    tips = List.copyOf(new HashSet<>(all.values()));
  }

  private boolean isReachable(ObjectId id) throws StoreException {
    return reachable.contains(id, tips);
  }

  @Override
  public Optional<ObjectId> wholeBase(ObjectId older) throws StoreException {
    if (!isReachable(older)) {
      return Optional.empty();
    }
    Optional<ObjectId> base = store.wholeBase(older);
    return base.isPresent() && isReachable(base.get()) ? base : Optional.empty();
  }

  @Override
  public boolean isSound(ObjectId id) throws StoreException {
    return isReachable(id) && store.isSound(id);
  }

  @Override
  public byte[] payload(ObjectId id, ObjectType type) throws StoreException {
    if (!isReachable(id)) {
      throw new MissingObjectException(id);
    }
    return store.payload(id, type);
  }
}
