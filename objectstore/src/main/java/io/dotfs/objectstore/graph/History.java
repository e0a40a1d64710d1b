package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.codec.TagCodec;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Questions about the graph of commits. Any number of threads may use one; it keeps no state of its
 * own. A search holds the ids that it has seen: about 100 bytes a commit.
 *
 * <p>Searches go by generation, greatest first: a commit's generation is greater than each of its
 * parents', so that nothing older than what is asked for is ever read, and what is known of a
 * commit when its turn comes is final. A commit whose generation contradicts its parents' is
 * reported as corrupt. So is a cycle, then, were there one; ids that name content rule it out.
 */
public final class History {
  private final ObjectReader objects;

  public History(ObjectReader objects) {
    this.objects = objects;
  }

  /**
   * A commit with its id.
   *
   * @param id the object
   * @param commit what it holds
   */
  public record Entry(ObjectId id, Commit commit) {
    private static final Comparator<Entry> BY_GENERATION =
        Comparator.comparingLong((Entry entry) -> entry.commit.generation())
            .reversed()
            .thenComparing(Entry::id);
  }

  /** Walks commits one by one; one thread at a time. */
  public interface Walk {
    /** The next commit, or nothing at the end. */
    Optional<Entry> next() throws StoreException;
  }

  /** Reads one commit. */
  public Commit commit(ObjectId id) throws StoreException {
    try {
      return CommitCodec.decode(objects.read(id, ObjectType.COMMIT));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  /** Reads one annotated tag. */
  public Tag tag(ObjectId id) throws StoreException {
    try {
      return TagCodec.decode(objects.read(id, ObjectType.TAG));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  /** The commit that {@code id} names, or that the tag (of a tag …) {@code id} names. */
  public ObjectId peel(ObjectId id) throws StoreException {
    List<ObjectId> chain = chain(id);
    return chain.get(chain.size() - 1);
  }

  /** {@code id}, what it names if it is a tag, and so on: the last one is a commit. */
  List<ObjectId> chain(ObjectId id) throws StoreException {
    List<ObjectId> chain = new ArrayList<>();
    ObjectId at = id;
    while (typeOf(at) == ObjectType.TAG) {
      chain.add(at);
      Tag tag = tag(at);
      if (typeOf(tag.target()) != tag.targetType()) {
        throw CorruptObjectException.malformed("its target is no " + tag.targetType()).of(at);
      }
      at = tag.target();
    }
    chain.add(at);
    return chain;
  }

  /** One of the commits of greatest generation, if there are any. */
  Optional<Commit> greatestGeneration(Collection<ObjectId> commits) throws StoreException {
    Optional<Commit> greatest = Optional.empty();
    for (ObjectId id : commits) {
      Commit commit = commit(id);
      if (greatest.isEmpty() || commit.generation() > greatest.get().generation()) {
        greatest = Optional.of(commit);
      }
    }
    return greatest;
  }

  private ObjectType typeOf(ObjectId id) throws StoreException {
    Optional<ObjectInfo> info = objects.info(id);
    ObjectType type = info.orElseThrow(() -> new MissingObjectException(id)).type();
    if (type != ObjectType.COMMIT && type != ObjectType.TAG) {
      throw CorruptObjectException.malformed("a " + type + " in place of a commit or tag").of(id);
    }
    return type;
  }

  /** The generation of a commit with these parents. */
  public long generationOver(Collection<ObjectId> parents) throws StoreException {
    long greatest = 0;
    for (ObjectId parent : parents) {
      greatest = Math.max(greatest, commit(parent).generation());
    }
    return greatest + 1;
  }

  /**
   * All commits reachable from {@code tips} and not from {@code excluded}, newest first by author
   * time, but never a parent before its child, whatever clocks say. Reads and holds only what lies
   * between the commits that were returned and the oldest one that can come next.
   *
   * @param tips commits
   * @param excluded commits
   */
  public Walk newestFirst(Collection<ObjectId> tips, Collection<ObjectId> excluded)
      throws StoreException {
    return new HistoryWalk(this, tips, excluded);
  }

  /** Whether {@code ancestor} is {@code descendant} or reachable from it. */
  public boolean isAncestor(ObjectId ancestor, ObjectId descendant) throws StoreException {
    return !reachable(List.of(ancestor), List.of(descendant)).isEmpty();
  }

  /**
   * Which of some commits are reachable from {@code tips}. Reads the history of the tips down to
   * the least generation among {@code commits}, and stops when all are found.
   */
  public Set<ObjectId> reachable(Collection<ObjectId> commits, Collection<ObjectId> tips)
      throws StoreException {
    Set<ObjectId> wanted = new HashSet<>(commits);
    Set<ObjectId> found = new HashSet<>();
    long leastGeneration = Long.MAX_VALUE;
    for (ObjectId commit : wanted) {
      leastGeneration = Math.min(leastGeneration, commit(commit).generation());
    }
    PriorityQueue<Entry> queue = new PriorityQueue<>(Entry.BY_GENERATION);
    Set<ObjectId> seen = new HashSet<>();
    for (ObjectId tip : new HashSet<>(tips)) {
      seen.add(tip);
      queue.add(new Entry(tip, commit(tip)));
    }
    while (!queue.isEmpty() && found.size() < wanted.size()) {
      Entry entry = queue.remove();
      if (entry.commit.generation() < leastGeneration) {
        break;
      }
      if (wanted.contains(entry.id)) {
        found.add(entry.id);
      }
      if (entry.commit.generation() > leastGeneration) {
        for (ObjectId parent : entry.commit.parents()) {
          if (seen.add(parent)) {
            queue.add(parentOf(entry, parent));
          }
        }
      }
    }
    return found;
  }

  private Entry parentOf(Entry child, ObjectId id) throws StoreException {
    Commit parent = commit(id);
    if (parent.generation() >= child.commit.generation()) {
      throw CorruptObjectException.malformed(
              "generation "
                  + child.commit.generation()
                  + " above a parent of "
                  + parent.generation())
          .of(child.id);
    }
    return new Entry(id, parent);
  }

  /** The best common ancestors: those that are ancestors of no other; usually one. In id order. */
  public List<ObjectId> mergeBases(ObjectId one, ObjectId other) throws StoreException {
    final int fromOne = 1;
    final int fromOther = 2;
    final int belowBase = 4;
    Map<ObjectId, Integer> colours = new HashMap<>();
    PriorityQueue<Entry> queue = new PriorityQueue<>(Entry.BY_GENERATION);
    colours.put(one, fromOne);
    colours.merge(other, fromOther, (a, b) -> a | b);
    for (ObjectId tip : colours.keySet()) {
      queue.add(new Entry(tip, commit(tip)));
    }
    List<ObjectId> bases = new ArrayList<>();
    // Entries that are not below a base: when none is left, no further base can be found.
    int open = queue.size();
    while (open > 0) {
      Entry entry = queue.remove();
      int colour = colours.getOrDefault(entry.id, 0);
      if ((colour & belowBase) == 0) {
        open--;
        if (colour == (fromOne | fromOther)) {
          bases.add(entry.id);
          colour |= belowBase;
        }
      }
      for (ObjectId parent : entry.commit.parents()) {
        Optional<Integer> before = Optional.ofNullable(colours.get(parent));
        if (before.isEmpty()) {
          queue.add(parentOf(entry, parent));
        }
        int painted = before.orElse(0) | colour;
        colours.put(parent, painted);
        boolean wasOpen = before.isPresent() && (before.get() & belowBase) == 0;
        open += ((painted & belowBase) == 0 ? 1 : 0) - (wasOpen ? 1 : 0);
      }
    }
    bases.sort(Comparator.naturalOrder());
    return bases;
  }

  /**
   * {@code commit~count}: the first parent, {@code count} times; nothing if history ends before.
   *
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public Optional<ObjectId> firstParent(ObjectId commit, long count) throws StoreException {
    if (count < 0) {
      throw new IllegalArgumentException("count " + count);
    }
    ObjectId at = commit;
    for (long step = 0; step < count; step++) {
      List<ObjectId> parents = commit(at).parents();
      if (parents.isEmpty()) {
        return Optional.empty();
      }
      at = parents.get(0);
    }
    return Optional.of(at);
  }

  /** How many commits are reachable from {@code tip}, itself included. */
  public long count(ObjectId tip) throws StoreException {
    Set<ObjectId> seen = new HashSet<>();
    Deque<ObjectId> open = new ArrayDeque<>();
    seen.add(tip);
    open.push(tip);
    while (!open.isEmpty()) {
      for (ObjectId parent : commit(open.pop()).parents()) {
        if (seen.add(parent)) {
          open.push(parent);
        }
      }
    }
    return seen.size();
  }
}
