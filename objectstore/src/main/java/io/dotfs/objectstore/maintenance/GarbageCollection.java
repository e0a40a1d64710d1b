package io.dotfs.objectstore.maintenance;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.Retention;
import io.dotfs.objectstore.store.Rewriting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nothing needs any more from a store in use. What stays: everything that roots reach,
 * what operations under way hold ({@link Retention}), and packs younger than the grace period with
 * all that their commits reach.
 *
 * <p>Packs are rewritten without what goes, a few at a time, so that the space needed is that of
 * what stays of one group (at most {@value #GROUP_BYTES} bytes, or one pack); packs that hold
 * unwanted commits first, newest first. On a full disk packs without anything wanted go before
 * others, which needs no space. A large pack of which less than an eighth would go stays, unless it
 * holds an unwanted commit, or everything is asked for. A process that is killed in between leaves
 * each object where it was, or twice, or gone if nothing needed it.
 *
 * <p>Time: that of reading all reachable nodes, and of copying what is rewritten. One thread.
 */
public final class GarbageCollection {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageCollection.class);
  private static final Comparator<Candidate> LEAST_SPACE_FIRST =
      Comparator.comparingLong(Candidate::staysBytes);
  private static final long GROUP_BYTES = 256L << 20;
  private static final long ALWAYS_BYTES = 16L << 20;
  private static final int WORTHWHILE_PART = 8;

  private final ObjectStore store;
  private final Roots roots;
  private final BooleanSupplier stop;

  /**
   * Prepares a collection.
   *
   * @param roots says what is needed
   * @param stop asked now and then; true ends it early
   */
  public GarbageCollection(ObjectStore store, Roots roots, BooleanSupplier stop) {
    this.store = store;
    this.roots = roots;
    this.stop = stop;
  }

  /** Says what is needed. All of it is asked for at one moment, at which nobody makes a root. */
  public interface Roots {
    /** Ids of objects of any type that have to be there with all that they reach. */
    Collection<ObjectId> required() throws StoreException;

    /**
     * More of them, as of now, to be read when that moment is over; for many. The caller closes it.
     */
    RootCursor more() throws StoreException;

    /** Ids of objects that stay if they are there, with as much as is there of what they reach. */
    Collection<ObjectId> welcome() throws StoreException;

    /**
     * Hands over more of those: what objects that lie outside of the store are stored as
     * differences to. Asked for after that moment, while roots are made.
     */
    void leanedOn(References.Visitor visitor) throws StoreException;
  }

  /** Ids, one by one. */
  public interface RootCursor extends AutoCloseable {
    /** The next one; nothing at the end. */
    Optional<ObjectId> next() throws StoreException;

    @Override
    default void close() {}
  }

  /**
   * What to do.
   *
   * @param youngSinceMillis packs that came at or after this moment (milliseconds since 1970) stay
   * @param everything whether large packs are rewritten for the sake of a few bytes
   * @param dryRun whether nothing is done but finding out
   */
  public record Plan(long youngSinceMillis, boolean everything, boolean dryRun) {}

  /**
   * What was found and done. Bytes are those on disk.
   *
   * @param objects in the store at the beginning; what several packs hold counts in each
   * @param bytes of all packs and indexes at the beginning
   * @param unneededObjects neither reachable nor held nor young
   * @param unneededBytes what they take
   * @param youngBytes what objects take that nothing reaches and that only their age protects
   * @param leftBytes what unneeded objects take in packs that are not worth rewriting, or are
   *     damaged
   * @param packsRemoved packs that went
   * @param freedBytes by how much the packs have become less; of a dry run, how much they would
   */
  public record Report(
      long objects,
      long bytes,
      long unneededObjects,
      long unneededBytes,
      long youngBytes,
      long leftBytes,
      int packsRemoved,
      long freedBytes) {}

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** So many bytes of packs are dealt with, of so many. */
    void swept(long bytes, long ofBytes);
  }

  /** A pack and what is to go of it. */
  private record Candidate(
      Pack pack, long unneededObjects, long unneededBytes, boolean empty, boolean commits) {
    long staysBytes() {
      return pack.sizeBytes() - unneededBytes;
    }
  }

  /**
   * Does it.
   *
   * @throws io.dotfs.objectstore.error.MissingObjectException if something that is needed is not
   *     there; nothing was removed
   * @throws CorruptObjectException if a node that is needed is damaged; nothing was removed
   * @throws InterruptedException if interrupted while another one runs
   */
  public Report run(Plan plan, Progress progress) throws StoreException, InterruptedException {
    try (Rewriting rewriting = store.beginRewriting();
        Retention.Sweep sweep = store.retention().sweep()) {
      store.refresh();
      List<Pack> packs = store.packs();
      Set<String> held = sweep.packsOfHolds();
      try (ObjectMarks marks = new ObjectMarks(store, packs, stop)) {
        List<Pack> kept = new ArrayList<>();
        for (Pack pack : packs) {
          if (pack.modifiedMillis() >= plan.youngSinceMillis() || held.contains(pack.name())) {
            kept.add(pack);
          }
        }
        mark(sweep, marks);
        long youngBytes = markYoung(marks, kept);
        marks.markBases();
        Sweeping sweeping = new Sweeping(plan, rewriting, sweep, marks, progress);
        // Most of what has become a root since is marked while nobody has to wait for it.
        markAll(sweep.rootsSince(), marks);
        sweep.seal(ids -> markAll(ids, marks), id -> sweeping.isGoing(id, kept));
        return sweeping.run(packs, kept, youngBytes);
      }
    }
  }

  private void mark(Retention.Sweep sweep, ObjectMarks marks) throws StoreException {
    List<ObjectId> welcome = new ArrayList<>();
    List<RootCursor> more = new ArrayList<>();
    try {
      List<ObjectId> required =
          sweep.roots(
              () -> {
                welcome.addAll(roots.welcome());
                more.add(roots.more());
                return roots.required();
              });
      for (ObjectId id : required) {
        marks.mark(id, true);
      }
      for (RootCursor cursor : more) {
        for (Optional<ObjectId> id = cursor.next(); id.isPresent(); id = cursor.next()) {
          marks.mark(id.get(), true);
        }
      }
    } finally {
      more.forEach(RootCursor::close);
    }
    for (ObjectId id : welcome) {
      marks.mark(id, false);
    }
    roots.leanedOn(id -> marks.mark(id, false));
  }

  /** Marks what commits in packs that stay reach; returns what those packs hold beside roots. */
  private static long markYoung(ObjectMarks marks, List<Pack> kept) throws StoreException {
    long bytes = 0;
    for (Pack pack : kept) {
      for (int i = 0; i < pack.count(); i++) {
        if (!marks.isMarked(pack, i)) {
          bytes += pack.infoAt(i).storedBytes();
        }
      }
    }
    for (Pack pack : kept) {
      for (int i = 0; i < pack.count(); i++) {
        if (isCommit(pack.infoAt(i))) {
          marks.mark(pack.idAt(i), false);
        }
      }
    }
    return bytes;
  }

  private static void markAll(Collection<ObjectId> ids, ObjectMarks marks) throws StoreException {
    for (ObjectId id : ids) {
      marks.mark(id, false);
    }
  }

  private static boolean isCommit(ObjectInfo info) {
    return info.type() == ObjectType.COMMIT || info.type() == ObjectType.TAG;
  }

  /** The second half of one collection. */
  private final class Sweeping {
    private final Plan plan;
    private final Rewriting rewriting;
    private final Retention.Sweep sweep;
    private final ObjectMarks marks;
    private final Progress progress;
    private long doneBytes;
    private long ofBytes;
    private int packsRemoved;
    private long freedBytes;

    Sweeping(
        Plan plan,
        Rewriting rewriting,
        Retention.Sweep sweep,
        ObjectMarks marks,
        Progress progress) {
      this.plan = plan;
      this.rewriting = rewriting;
      this.sweep = sweep;
      this.marks = marks;
      this.progress = progress;
    }

    boolean isGoing(ObjectId id, List<Pack> kept) {
      if (!marks.isUnmarkedHere(id)) {
        return false;
      }
      try {
        for (Pack pack : kept) {
          if (pack.contains(id)) {
            return false;
          }
        }
      } catch (CorruptObjectException e) {
        // Then it counts as going, which is refused.
        return true;
      }
      return true;
    }

    Report run(List<Pack> packs, List<Pack> kept, long youngBytes) throws StoreException {
      long before = store.sizeBytes();
      long objects = 0;
      List<Candidate> candidates = new ArrayList<>();
      for (Pack pack : packs) {
        objects += pack.count();
        Candidate candidate = look(pack);
        if (!kept.contains(pack) && candidate.unneededObjects() > 0) {
          candidates.add(candidate);
        }
      }
      long unneededObjects = candidates.stream().mapToLong(Candidate::unneededObjects).sum();
      long unneededBytes = candidates.stream().mapToLong(Candidate::unneededBytes).sum();
      List<Candidate> chosen = new ArrayList<>(candidates);
      chosen.removeIf(candidate -> !isWorthwhile(candidate));
      long going = chosen.stream().mapToLong(Candidate::unneededBytes).sum();
      long freed = going;
      if (!plan.dryRun()) {
        ofBytes = chosen.stream().mapToLong(candidate -> candidate.pack().sizeBytes()).sum();
        sweepAll(chosen);
        freed = freedBytes;
      }
      return new Report(
          objects,
          before,
          unneededObjects,
          unneededBytes,
          youngBytes,
          unneededBytes - going,
          packsRemoved,
          freed);
    }

    /** What is to go of a pack. */
    private Candidate look(Pack pack) throws StoreException {
      long unneeded = 0;
      long bytes = 0;
      boolean commits = false;
      for (int i = 0; i < pack.count(); i++) {
        if (!marks.isMarked(pack, i)) {
          ObjectInfo info = pack.infoAt(i);
          unneeded++;
          bytes += info.storedBytes();
          commits |= isCommit(info);
        }
      }
      boolean empty = unneeded == pack.count();
      return new Candidate(pack, unneeded, empty ? pack.sizeBytes() : bytes, empty, commits);
    }

    private boolean isWorthwhile(Candidate candidate) {
      long size = candidate.pack().sizeBytes();
      return plan.everything()
          || candidate.commits()
          || size <= ALWAYS_BYTES
          || candidate.unneededBytes() >= size / WORTHWHILE_PART;
    }

    /**
     * Packs with commits that go come first, the newest before what it was built upon: when this
     * ends in the middle, no commit should be left that has lost a part, since somebody could name
     * it then.
     */
    private void sweepAll(List<Candidate> chosen) throws StoreException {
      List<Candidate> rest = new ArrayList<>(chosen);
      rest.removeIf(Candidate::commits);
      List<Candidate> first = new ArrayList<>(chosen);
      first.removeAll(rest);
      first.sort(
          Comparator.comparingLong((Candidate one) -> one.pack().modifiedMillis()).reversed());
      try {
        sweepInGroups(first);
      } catch (StorageException e) {
        LOG.info("first removing what needs no space to be removed", e);
        List<Pack> empty = chosen.stream().filter(Candidate::empty).map(Candidate::pack).toList();
        sweep(empty);
        first.removeIf(Candidate::empty);
        first.sort(LEAST_SPACE_FIRST);
        sweepInGroups(first);
        rest.removeIf(Candidate::empty);
      }
      rest.sort(LEAST_SPACE_FIRST);
      sweepInGroups(rest);
    }

    private void sweepInGroups(List<Candidate> candidates) throws StoreException {
      List<Pack> group = new ArrayList<>();
      long groupBytes = 0;
      for (Candidate candidate : candidates) {
        if (groupBytes + candidate.staysBytes() > GROUP_BYTES) {
          sweep(group);
          group.clear();
          groupBytes = 0;
        }
        group.add(candidate.pack());
        groupBytes += candidate.staysBytes();
      }
      sweep(group);
    }

    private void sweep(List<Pack> group) throws StoreException {
      if (group.isEmpty() || stop.getAsBoolean()) {
        return;
      }
      Rewriting.Rewritten done = rewriting.rewrite(group, this::isWanted, sweep, stop);
      packsRemoved += done.packs();
      freedBytes += done.freedBytes();
      for (Pack pack : group) {
        doneBytes += pack.sizeBytes();
      }
      progress.swept(doneBytes, ofBytes);
    }

    private boolean isWanted(Pack pack, ObjectId id) throws StoreException {
      if (marks.isMarked(pack, pack.positionOf(id)) || sweep.isPinned(id)) {
        return true;
      }
      Optional<Pack> other = marks.packOf(id);
      return other.isPresent() && !isReadable(other.get(), id);
    }

    private static boolean isReadable(Pack pack, ObjectId id) throws StoreException {
      try {
        return pack.read(id).isPresent();
      } catch (CorruptObjectException e) {
        // Then the copy at hand is the better one.
        return false;
      }
    }
  }
}
