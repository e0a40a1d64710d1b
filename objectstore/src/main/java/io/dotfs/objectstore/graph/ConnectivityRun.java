package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Tag;
import io.dotfs.objectstore.store.LayeredReader;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of a {@link ConnectivityCheck}, in three steps: the new commits and tags, and whether
 * what they stand on is reachable from what is complete; the new trees, each against its parents';
 * the rest, by going through all that is complete.
 *
 * <p>Invariants: an object of the store is trusted, and read, only after it was reached from {@code
 * complete} or at its place in a parent's tree; new objects are read from the batch alone.
 */
final class ConnectivityRun {
  /** After how many objects of unknown standing all that is complete is searched for them. */
  private static final int UNPROVEN_LIMIT = 1 << 20;

  /**
   * Entries that are looked at for renames: many small commits may each undo a large one. What is
   * not found so is searched for once, at the end.
   */
  private static final int RENAME_BUDGET_ENTRIES = 1 << 20;

  private final ObjectReader received;
  private final ObjectReader store;
  private final History newHistory;
  private final History oldHistory;
  private final int limit;
  private final Set<ObjectId> completeTags = new HashSet<>();
  private final Set<ObjectId> completeTips = new LinkedHashSet<>();

  /** Generations of the new commits. */
  private final Map<ObjectId, Long> newCommits = new HashMap<>();

  /** Commits that are not new and that new ones, or tips, name. */
  private final Set<ObjectId> border = new LinkedHashSet<>();

  private final Set<ObjectId> missing = new LinkedHashSet<>();

  /** Objects that are in the store, not in the batch, and not yet reached; with what is claimed. */
  private final Map<ObjectId, Set<Claim>> unproven = new LinkedHashMap<>();

  ConnectivityRun(
      ObjectReader received, ObjectReader store, Collection<ObjectId> complete, int limit)
      throws StoreException {
    this.received = received;
    this.store = store;
    this.newHistory = new History(received);
    this.oldHistory = new History(store);
    this.limit = limit;
    for (ObjectId tip : complete) {
      List<ObjectId> chain = oldHistory.chain(tip);
      completeTags.addAll(chain.subList(0, chain.size() - 1));
      completeTips.add(chain.get(chain.size() - 1));
    }
  }

  List<ObjectId> run(Collection<ObjectId> tips) throws StoreException {
    for (ObjectId tip : tips) {
      commitOf(tip).ifPresent(border::add);
    }
    collectCommits();
    Set<ObjectId> known = oldHistory.reachable(storedCommits(border), completeTips);
    for (ObjectId commit : border) {
      if (!known.contains(commit)) {
        missing.add(commit);
      }
    }
    checkGenerations(known);
    checkTrees(known);
    if (!full()) {
      prove();
    }
    return missing.stream().limit(limit).toList();
  }

  private boolean full() {
    return missing.size() >= limit;
  }

  /** The commit that a tip names in the end; nothing if it is a tag that is known, or missing. */
  private Optional<ObjectId> commitOf(ObjectId tip) throws StoreException {
    ObjectId at = tip;
    Optional<Tag> from = Optional.empty();
    while (true) {
      ObjectType type = ObjectType.COMMIT;
      Optional<ObjectInfo> info = received.info(at);
      if (info.isPresent()) {
        type = info.get().type();
      } else if (completeTags.contains(at)) {
        type = ObjectType.TAG;
      }
      if (from.isPresent() && from.get().targetType() != type) {
        if (info.isEmpty() && type == ObjectType.COMMIT) {
          missing.add(at);
          return Optional.empty();
        }
        throw CorruptObjectException.malformed(
                "a tag of a " + from.get().targetType() + " names a " + type)
            .of(tip);
      }
      if (type == ObjectType.TAG && info.isPresent()) {
        from = Optional.of(newHistory.tag(at));
        at = from.get().target();
      } else {
        return type == ObjectType.TAG ? Optional.empty() : Optional.of(at);
      }
    }
  }

  /** Moves what is new from the border to the new commits, and so on with parents. */
  private void collectCommits() throws StoreException {
    Deque<ObjectId> open = new ArrayDeque<>(border);
    border.clear();
    while (!open.isEmpty()) {
      ObjectId id = open.pop();
      if (newCommits.containsKey(id)) {
        continue;
      }
      if (received.contains(id)) {
        Commit commit = newHistory.commit(id);
        newCommits.put(id, commit.generation());
        commit.parents().forEach(open::push);
      } else {
        border.add(id);
      }
    }
  }

  private Set<ObjectId> storedCommits(Set<ObjectId> ids) throws StoreException {
    Set<ObjectId> commits = new HashSet<>();
    for (ObjectId id : ids) {
      if (store.info(id).filter(info -> info.type() == ObjectType.COMMIT).isPresent()) {
        commits.add(id);
      }
    }
    return commits;
  }

  private void checkGenerations(Set<ObjectId> known) throws StoreException {
    for (Map.Entry<ObjectId, Long> entry : newCommits.entrySet()) {
      long greatest = 0;
      boolean allKnown = true;
      for (ObjectId parent : newHistory.commit(entry.getKey()).parents()) {
        Optional<Long> generation = Optional.ofNullable(newCommits.get(parent));
        if (generation.isEmpty() && known.contains(parent)) {
          generation = Optional.of(oldHistory.commit(parent).generation());
        }
        allKnown &= generation.isPresent();
        greatest = Math.max(greatest, generation.orElse(0L));
      }
      if (allKnown ? entry.getValue() != greatest + 1 : entry.getValue() <= greatest) {
        throw CorruptObjectException.malformed(
                "generation " + entry.getValue() + " above parents of " + greatest)
            .of(entry.getKey());
      }
    }
  }

  private void checkTrees(Set<ObjectId> known) throws StoreException {
    List<ObjectId> oldestFirst = new ArrayList<>(newCommits.keySet());
    oldestFirst.sort(
        Comparator.comparingLong((ObjectId id) -> newCommits.getOrDefault(id, 0L))
            .thenComparing(Comparator.naturalOrder()));
    List<DirectoryRef> baseOfRoots =
        oldHistory.greatestGeneration(completeTips).map(Commit::tree).stream().toList();
    NewInTree trees =
        new NewInTree(new LayeredReader(received, store), received, RENAME_BUDGET_ENTRIES);
    SeenObjects seen = new SeenObjects(SeenObjects.DEFAULT_WINDOW);
    for (ObjectId id : oldestFirst) {
      // A tree with gaps is no base for further ones.
      if (!missing.isEmpty()) {
        return;
      }
      Commit commit = newHistory.commit(id);
      List<DirectoryRef> bases = new ArrayList<>();
      for (ObjectId parent : commit.parents()) {
        if (newCommits.containsKey(parent)) {
          bases.add(newHistory.commit(parent).tree());
        } else if (known.contains(parent)) {
          bases.add(oldHistory.commit(parent).tree());
        }
      }
      trees.walk(commit.parents().isEmpty() ? baseOfRoots : bases, commit.tree(), judge(seen));
      if (unproven.size() > UNPROVEN_LIMIT) {
        prove();
      }
    }
  }

  private TreeWalk.Visitor judge(SeenObjects seen) {
    return new TreeWalk.Visitor() {
      @Override
      public boolean enter(Claim claim) throws StoreException {
        ObjectId id = claim.id();
        if (seen.contains(id)) {
          // Its content was looked into; what is said of it here may still be wrong.
          claim.check(received);
          return false;
        }
        if (received.contains(id)) {
          return true;
        }
        // Not contains(): a pack that another process has just finished counts.
        if (store.info(id).isEmpty()) {
          if (!full()) {
            missing.add(id);
          }
        } else {
          unproven.computeIfAbsent(id, i -> new HashSet<>(2)).add(claim);
        }
        return false;
      }

      @Override
      public void left(ObjectId id, ObjectType type) {
        seen.add(id, type);
      }
    };
  }

  /** Searches all that is complete for what is unproven; what is not there is missing. */
  private void prove() throws StoreException {
    SeenObjects seen = new SeenObjects(1);
    TreeWalk.Visitor search =
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(Claim claim) throws StoreException {
            Set<Claim> claims = unproven.remove(claim.id());
            if (claims != null) {
              for (Claim made : claims) {
                made.check(store);
              }
            }
            return !unproven.isEmpty()
                && !(claim instanceof FilePart.Chunk)
                && !seen.contains(claim.id());
          }

          @Override
          public void left(ObjectId id, ObjectType type) {
            seen.add(id, type);
          }
        };
    TreeWalk trees = new TreeWalk(store, store, search);
    History.Walk walk = oldHistory.newestFirst(completeTips, List.of());
    DirectoryRef newer = DirectoryRef.EMPTY;
    while (!unproven.isEmpty()) {
      Optional<History.Entry> entry = walk.next();
      if (entry.isEmpty()) {
        break;
      }
      trees.walk(newer, entry.get().commit().tree());
      newer = entry.get().commit().tree();
    }
    for (ObjectId id : unproven.keySet()) {
      if (!full()) {
        missing.add(id);
      }
    }
    unproven.clear();
  }
}
