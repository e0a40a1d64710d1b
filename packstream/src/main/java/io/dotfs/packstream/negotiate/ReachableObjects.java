package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Every object that some refs reach, for questions about single ids. Made by one walk over all
 * nodes (no chunk is read); when refs moved forward, a further one over what is new. Thread-safe.
 */
public final class ReachableObjects {
  private final ObjectReader store;
  private final Scratch scratch;
  private final long seed;

  // GUARDED_BY(this); the set only grows while the tips only move forward.
  private IdSet set;
  private Set<ObjectId> walked = Set.of();

  /**
   * Nothing is walked yet.
   *
   * @param store holds what refs reach
   * @param scratch for more than some ten thousand ids
   * @param seed any number that peers do not know
   */
  public ReachableObjects(ObjectReader store, Scratch scratch, long seed) {
    this.store = store;
    this.scratch = scratch;
    this.seed = seed;
    set = new IdSet(seed, scratch);
  }

  /** Whether {@code id} is reachable from {@code tips}; {@code tips} are present in the store. */
  public synchronized boolean contains(ObjectId id, Collection<ObjectId> tips)
      throws StoreException {
    bringUpTo(tips);
    return set.contains(id);
  }

  private void bringUpTo(Collection<ObjectId> tips) throws StoreException {
    Set<ObjectId> wanted = new HashSet<>(tips);
    if (wanted.equals(walked)) {
      return;
    }
    // If a ref was moved back or deleted, what it alone reached must not be told any more.
    boolean grown = new ReachableCommits(store).among(walked, wanted).containsAll(walked);
    Set<ObjectId> before = grown ? walked : Set.of();
    IdSet growing = before.isEmpty() ? new IdSet(seed, scratch) : set;
    walked = Set.of();
    new ObjectWalk(store).missing(wanted, before, (id, type) -> growing.add(id));
    set = growing;
    walked = wanted;
  }
}
