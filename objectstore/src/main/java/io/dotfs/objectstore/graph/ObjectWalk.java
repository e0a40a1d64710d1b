package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Enumerates the objects that a receiver lacks: everything reachable from some tips that is not
 * reachable from what it has. Walks the Merkle trees of both sides in parallel and skips what is
 * equal, so that the cost follows the difference: a few nodes per change are read, in a directory
 * of any number of entries and a file of any size. What was renamed is not named again.
 *
 * <p>Order: children before what names them (chunks, file nodes, directory nodes, commit; older
 * commits before newer ones; tags last), each object once, so that a receiver can check every
 * object's references when it arrives. It may name an object that the receiver has in some other
 * place, never one too few. A chunk may come a second time if it occurs again more than half a
 * million chunks later.
 *
 * <p>Memory: about 100 bytes for each commit that the receiver lacks, each node that is named, and
 * each entry that one commit removed; at most 100 MB for chunks; a node per level of the
 * directories on the path. Any number of threads may use one; it keeps no state of its own.
 */
public final class ObjectWalk {
  /** Entries that are looked at for renames; what exceeds them may be named in vain. */
  private static final int RENAME_BUDGET_ENTRIES = 1 << 24;

  private final ObjectReader objects;

  public ObjectWalk(ObjectReader objects) {
    this.objects = objects;
  }

  /** Takes the objects of a walk, one by one. */
  @FunctionalInterface
  public interface Visitor {
    /** The next object. An exception ends the walk. */
    void visit(ObjectId id, ObjectType type) throws StoreException;

    /**
     * The next object, with what an older commit has in its place.
     *
     * @param before what the receiver knows when this object comes: it had it, or it came earlier
     */
    default void visit(ObjectId id, ObjectType type, Optional<ObjectId> before)
        throws StoreException {
      visit(id, type);
    }
  }

  /**
   * Visits what is reachable from {@code wants} (commits or tags) and not from {@code haves}.
   *
   * @param haves commits (or tags) whose history and trees the receiver has in whole; those that
   *     are not in this store are ignored
   * @throws io.dotfs.objectstore.error.MissingObjectException if this store lacks something that it
   *     has to name
   * @throws io.dotfs.objectstore.error.CorruptObjectException if an object contradicts another
   */
  public void missing(Collection<ObjectId> wants, Collection<ObjectId> haves, Visitor visitor)
      throws StoreException {
    History history = new History(objects);
    Set<ObjectId> hadTags = new HashSet<>();
    Set<ObjectId> hadCommits = new LinkedHashSet<>();
    for (ObjectId have : haves) {
      if (objects.info(have).isPresent()) {
        List<ObjectId> chain = history.chain(have);
        hadTags.addAll(chain);
        hadCommits.add(chain.get(chain.size() - 1));
      }
    }
    Set<ObjectId> tips = new LinkedHashSet<>();
    Set<ObjectId> tags = new LinkedHashSet<>();
    for (ObjectId want : wants) {
      List<ObjectId> chain = history.chain(want);
      tips.add(chain.get(chain.size() - 1));
      for (int i = chain.size() - 2; i >= 0; i--) {
        if (!hadTags.contains(chain.get(i))) {
          tags.add(chain.get(i));
        }
      }
    }
    walk(history, tips, hadCommits, visitor);
    for (ObjectId tag : tags) {
      visitor.visit(tag, ObjectType.TAG);
    }
  }

  private void walk(
      History history, Collection<ObjectId> tips, Collection<ObjectId> had, Visitor visitor)
      throws StoreException {
    List<ObjectId> newestFirst = new ArrayList<>();
    History.Walk walk = history.newestFirst(tips, had);
    for (Optional<History.Entry> next = walk.next(); next.isPresent(); next = walk.next()) {
      newestFirst.add(next.get().id());
    }
    if (newestFirst.isEmpty()) {
      return;
    }
    List<DirectoryRef> baseOfRoots =
        history.greatestGeneration(had).map(Commit::tree).stream().toList();
    NewInTree trees = new NewInTree(objects, objects, RENAME_BUDGET_ENTRIES);
    SeenObjects seen = new SeenObjects(SeenObjects.DEFAULT_WINDOW);
    TreeWalk.Visitor treeVisitor =
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(Claim claim) {
            return !seen.contains(claim.id());
          }

          @Override
          public void left(ObjectId id, ObjectType type) throws StoreException {
            left(id, type, Optional.empty());
          }

          @Override
          public void left(ObjectId id, ObjectType type, Optional<ObjectId> before)
              throws StoreException {
            seen.add(id, type);
            visitor.visit(id, type, before);
          }
        };
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      Commit commit = history.commit(newestFirst.get(i));
      List<DirectoryRef> bases = new ArrayList<>();
      for (ObjectId parent : commit.parents()) {
        bases.add(history.commit(parent).tree());
      }
      trees.walk(bases.isEmpty() ? baseOfRoots : bases, commit.tree(), treeVisitor);
      visitor.visit(newestFirst.get(i), ObjectType.COMMIT);
    }
  }
}
