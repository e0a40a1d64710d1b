package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Visits the objects of a commit's tree that are new in it: those that none of its parents' trees
 * has at the same place, nor the first of them at a place where something went (a rename). Sender
 * and receiver of a commit judge alike by it, so that neither has to look at more than the change.
 *
 * <p>One thread at a time.
 */
final class NewInTree {
  private final ObjectReader baseObjects;
  private final ObjectReader objects;
  private final MovedContent moved;

  /**
   * Makes a visit.
   *
   * @param baseObjects holds the parents' trees in whole
   * @param objects holds what is new; what it has not is not looked into
   * @param renameBudgetEntries how many entries are looked at for renames, in all trees together
   */
  NewInTree(ObjectReader baseObjects, ObjectReader objects, int renameBudgetEntries) {
    this.baseObjects = baseObjects;
    this.objects = objects;
    this.moved = new MovedContent(baseObjects, objects, renameBudgetEntries);
  }

  /**
   * Visits what is new.
   *
   * @param bases the parents' trees; none if there is nothing to compare with
   */
  void walk(List<DirectoryRef> bases, DirectoryRef tree, TreeWalk.Visitor visitor)
      throws StoreException {
    if (bases.contains(tree)) {
      return;
    }
    DirectoryRef first = bases.isEmpty() ? DirectoryRef.EMPTY : bases.get(0);
    Set<ObjectId> elsewhere = moved.find(first, tree);
    Optional<Set<ObjectId>> candidates = newAgainstAll(bases, tree);
    TreeWalk.Visitor filter =
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(Claim claim) throws StoreException {
            if (candidates.isPresent() && !candidates.get().contains(claim.id())) {
              return false;
            }
            if (elsewhere.contains(claim.id())) {
              claim.check(baseObjects);
              return false;
            }
            return visitor.enter(claim);
          }

          @Override
          public void left(ObjectId id, ObjectType type) throws StoreException {
            visitor.left(id, type);
          }

          @Override
          public void left(ObjectId id, ObjectType type, Optional<ObjectId> before)
              throws StoreException {
            visitor.left(id, type, before);
          }
        };
    new TreeWalk(baseObjects, objects, filter).walk(first, tree);
  }

  /** What is new against each base but the first, if there are any: only of a merge. */
  private Optional<Set<ObjectId>> newAgainstAll(List<DirectoryRef> bases, DirectoryRef tree)
      throws StoreException {
    Optional<Set<ObjectId>> common = Optional.empty();
    for (DirectoryRef base : bases.subList(Math.min(1, bases.size()), bases.size())) {
      Optional<Set<ObjectId>> before = common;
      Set<ObjectId> found = new HashSet<>();
      TreeWalk.Visitor collector =
          new TreeWalk.Visitor() {
            @Override
            public boolean enter(Claim claim) throws StoreException {
              boolean kept = before.isEmpty() || before.get().contains(claim.id());
              return kept && found.add(claim.id()) && objects.contains(claim.id());
            }

            @Override
            public void left(ObjectId id, ObjectType type) {
              // Noted when it was entered.
            }
          };
      new TreeWalk(baseObjects, objects, collector).walk(base, tree);
      common = Optional.of(found);
    }
    return common;
  }
}
