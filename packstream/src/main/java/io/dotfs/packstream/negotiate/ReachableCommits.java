package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Says which of some ids are commits that refs reach. The answer depends on the refs alone, never
 * on what else the store holds. Generation numbers bound the search: it looks at no commit that is
 * older than the oldest one asked for.
 */
public final class ReachableCommits {
  private final ObjectReader store;

  public ReachableCommits(ObjectReader store) {
    this.store = store;
  }

  private record Pending(long generation, ObjectId id, Commit commit) {}

  /**
   * Those of {@code candidates} that are {@code tips}, or that commits among the tips (or the
   * commits that tags among them name) have in their history; in the order of {@code candidates}.
   *
   * @param tips values of refs, present in the store
   */
  public Set<ObjectId> among(Collection<ObjectId> candidates, Collection<ObjectId> tips)
      throws StoreException {
    Set<ObjectId> tipSet = new HashSet<>(tips);
    Set<ObjectId> found = new HashSet<>();
    Set<ObjectId> sought = new HashSet<>();
    long oldest = Long.MAX_VALUE;
    for (ObjectId candidate : candidates) {
      Optional<ObjectInfo> info = store.info(candidate);
      if (tipSet.contains(candidate)) {
        found.add(candidate);
      } else if (info.isPresent() && info.get().type() == ObjectType.COMMIT) {
        sought.add(candidate);
        oldest = Math.min(oldest, read(candidate).generation());
      }
    }
    if (!sought.isEmpty()) {
      search(sought, tipSet, oldest, found);
    }
    Set<ObjectId> answer = new LinkedHashSet<>(candidates);
    answer.retainAll(found);
    return answer;
  }

  private void search(Set<ObjectId> sought, Set<ObjectId> tips, long oldest, Set<ObjectId> found)
      throws StoreException {
    PriorityQueue<Pending> newestFirst =
        new PriorityQueue<>((a, b) -> Long.compare(b.generation(), a.generation()));
    Set<ObjectId> seen = new HashSet<>();
    History history = new History(store);
    for (ObjectId tip : tips) {
      ObjectId commit = history.peel(tip);
      if (seen.add(commit)) {
        newestFirst.add(pending(commit));
      }
    }
    int missing = sought.size();
    while (missing > 0 && !newestFirst.isEmpty()) {
      Pending next = newestFirst.remove();
      if (next.generation() < oldest) {
        return;
      }
      if (sought.contains(next.id()) && found.add(next.id())) {
        missing--;
      }
      for (ObjectId parent : next.commit().parents()) {
        if (seen.add(parent)) {
          newestFirst.add(pending(parent));
        }
      }
    }
  }

  private Pending pending(ObjectId id) throws StoreException {
    Commit commit = read(id);
    return new Pending(commit.generation(), id, commit);
  }

  private Commit read(ObjectId id) throws StoreException {
    return CommitCodec.decode(store.read(id, ObjectType.COMMIT));
  }
}
