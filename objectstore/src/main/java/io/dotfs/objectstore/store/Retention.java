package io.dotfs.objectstore.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;

/**
 * What a garbage collection in this process has to leave alone although no ref reaches it: the
 * {@link Hold}s of operations under way. Thread safe.
 *
 * <p>Invariants, which make a collection safe beside everything else:
 *
 * <ul>
 *   <li>Whoever gives an object a name that a collection counts as a root does so within {@link
 *       #admit}: until the collection has marked, the object becomes one of its roots; afterwards
 *       it is refused if it is going.
 *   <li>Whoever relies on what refs reach reads them within {@link #hold(RootReading)}.
 *   <li>A writer that finds an object and does not store it says so in one step with the look
 *       ({@link #take}), and a collection looks for such claims in one step with its removal.
 *   <li>What a hold protects is handed to the collection, and to other holds, when it ends first.
 * </ul>
 */
public final class Retention {
  /** Shared: roots are read and relied upon, or made. Exclusive: a collection reads them. */
  private final ReadWriteLock rooting = new ReentrantReadWriteLock();

  /** Shared: an object is found and relied upon. Exclusive: packs go. */
  private final ReadWriteLock taking = new ReentrantReadWriteLock();

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Set<Hold> open = new HashSet<>();

  @GuardedBy("lock")
  private Optional<Sweep> sweep = Optional.empty();

  private final Presence there;

  /** Nothing is held, of no store: whatever is named counts as present. */
  public Retention() {
    this(id -> true);
  }

  /**
   * Nothing is held.
   *
   * @param there which objects the store has
   */
  Retention(Presence there) {
    this.there = there;
  }

  /** Reads the values of refs. */
  @FunctionalInterface
  public interface RootReading {
    Collection<ObjectId> read() throws StoreException;
  }

  /** A step that may fail. */
  @FunctionalInterface
  public interface Step<E extends Exception> {
    void run() throws E, StoreException;
  }

  /** Begins a hold that has no roots of its own. The caller closes it. */
  public Hold hold() {
    Hold hold = new Hold(this);
    synchronized (lock) {
      open.add(hold);
    }
    return hold;
  }

  /**
   * Begins a hold of what {@code reading} returns and all that it reaches. The caller closes it.
   *
   * @throws MissingObjectException if one of them is being removed, or not there
   */
  public Hold hold(RootReading reading) throws StoreException {
    Hold hold = hold();
    boolean held = false;
    rooting.readLock().lock();
    try {
      Collection<ObjectId> ids = reading.read();
      hold.addRoots(ids);
      refuseDoomed(ids);
      held = true;
      return hold;
    } finally {
      rooting.readLock().unlock();
      if (!held) {
        hold.close();
      }
    }
  }

  /**
   * Makes roots: runs {@code step}, which gives {@code ids} names.
   *
   * @throws MissingObjectException if one of them is being removed, or not there; nothing was done
   */
  public <E extends Exception> void admit(Collection<ObjectId> ids, Step<E> step)
      throws E, StoreException {
    rooting.readLock().lock();
    try {
      refuseDoomed(ids);
      synchronized (lock) {
        sweep.ifPresent(running -> running.ended.addRoots(ids));
      }
      step.run();
    } finally {
      rooting.readLock().unlock();
    }
  }

  private void refuseDoomed(Collection<ObjectId> ids) throws StoreException {
    Optional<Sweep> running;
    synchronized (lock) {
      running = sweep;
    }
    if (running.isPresent()) {
      for (ObjectId id : ids) {
        if (running.get().doomed.test(id)) {
          throw new MissingObjectException(id);
        }
      }
    }
    // Looked for after that: the collection that removed it may have ended since it was found.
    for (ObjectId id : ids) {
      if (!there.has(id)) {
        throw new MissingObjectException(id);
      }
    }
  }

  /** Says whether an object is in view. */
  @FunctionalInterface
  interface Presence {
    boolean has(ObjectId id) throws StoreException;
  }

  /** Whether the object is present; if so it stays so until {@code hold} ends. */
  boolean take(ObjectId id, Presence presence, Hold hold) throws StoreException {
    if (!presence.has(id)) {
      return false;
    }
    taking.readLock().lock();
    try {
      if (!presence.has(id)) {
        return false;
      }
      hold.found().add(id);
      return true;
    } finally {
      taking.readLock().unlock();
    }
  }

  /** Says which packs are about to come into view; before they do. */
  void publishing(Collection<String> packs) {
    synchronized (lock) {
      open.forEach(hold -> hold.addPacks(packs));
      sweep.ifPresent(running -> running.ended.addPacks(packs));
    }
  }

  /** Says that packs are about to come into view which hold what is to stay of others. */
  void replacing(Set<String> old, Collection<String> packs) {
    synchronized (lock) {
      for (Hold hold : open) {
        hold.replacePacks(old, packs);
      }
      sweep.ifPresent(running -> running.ended.replacePacks(old, packs));
    }
  }

  void end(Hold hold) {
    synchronized (lock) {
      if (open.remove(hold)) {
        open.forEach(other -> other.absorb(hold));
        sweep.ifPresent(running -> running.ended.absorb(hold));
      }
    }
  }

  /**
   * Begins a collection. From now on nothing that is held is forgotten until it is closed.
   *
   * @throws IllegalStateException if one is running
   */
  public Sweep sweep() {
    synchronized (lock) {
      if (sweep.isPresent()) {
        throw new IllegalStateException("a garbage collection is running");
      }
      Sweep begun = new Sweep();
      sweep = Optional.of(begun);
      return begun;
    }
  }

  /** A garbage collection's part. One thread; the caller closes it. */
  public final class Sweep implements AutoCloseable {
    /** What has become a root since the beginning, and what holds that ended protected. */
    private final Hold ended = new Hold(Retention.this);

    private volatile Predicate<ObjectId> doomed = id -> false;

    private Sweep() {}

    /** Reads roots while none is made, and adds those of holds. */
    public List<ObjectId> roots(RootReading reading) throws StoreException {
      rooting.writeLock().lock();
      try {
        List<ObjectId> ids = new ArrayList<>(reading.read());
        ids.addAll(rootsSince());
        return ids;
      } finally {
        rooting.writeLock().unlock();
      }
    }

    /** What has become a root since the beginning, and what holds protect. */
    public Set<ObjectId> rootsSince() {
      synchronized (lock) {
        Set<ObjectId> ids = new HashSet<>(ended.roots());
        open.forEach(hold -> ids.addAll(hold.roots()));
        return ids;
      }
    }

    /** Marks what roots reach. */
    @FunctionalInterface
    public interface Marking {
      void mark(Collection<ObjectId> roots) throws StoreException;
    }

    /**
     * Ends marking: {@code marking} gets what has become a root meanwhile, while nothing else does.
     * From then on what is {@code going} cannot become a root any more.
     */
    public void seal(Marking marking, Predicate<ObjectId> going) throws StoreException {
      rooting.writeLock().lock();
      try {
        marking.mark(rootsSince());
        doomed = id -> going.test(id) && !isPinned(id);
      } finally {
        rooting.writeLock().unlock();
      }
    }

    /** Packs that operations which were under way at or after the beginning have finished. */
    public Set<String> packsOfHolds() {
      synchronized (lock) {
        Set<String> names = new HashSet<>(ended.packs());
        open.forEach(hold -> names.addAll(hold.packs()));
        return names;
      }
    }

    /** Whether an operation found this object in the store and relies on that. */
    public boolean isPinned(ObjectId id) {
      if (ended.found().contains(id)) {
        return true;
      }
      synchronized (lock) {
        return open.stream().anyMatch(hold -> hold.found().contains(id));
      }
    }

    /** Runs {@code step} while nobody finds an object and relies on it. */
    <E extends Exception> void whileNothingIsTaken(Step<E> step) throws E, StoreException {
      taking.writeLock().lock();
      try {
        step.run();
      } finally {
        taking.writeLock().unlock();
      }
    }

    @Override
    public void close() {
      synchronized (lock) {
        sweep = Optional.empty();
      }
    }
  }
}
