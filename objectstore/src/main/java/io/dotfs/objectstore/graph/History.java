package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Questions about the graph of commits. Any number of threads may use one; it keeps no state of its
 * own. A search holds the ids that it has seen: about 100 bytes a commit.
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
  public record Entry(ObjectId id, Commit commit) {}

  /** Walks commits one by one; one thread at a time. */
  public interface Walk {
    /** The next commit, or nothing at the end. */
    Optional<Entry> next() throws StoreException;
  }

  /** Reads one commit. */
  public Commit commit(ObjectId id) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** The commit that {@code id} names, or that the tag (of a tag …) {@code id} names. */
  public ObjectId peel(ObjectId id) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** The generation of a commit with these parents. */
  public long generationOver(Collection<ObjectId> parents) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * All commits reachable from {@code tips} and not from {@code excluded}, newest first by author
   * time, but never a parent before its child, whatever clocks say.
   */
  public Walk newestFirst(Collection<ObjectId> tips, Collection<ObjectId> excluded)
      throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** Whether {@code ancestor} is {@code descendant} or reachable from it. */
  public boolean isAncestor(ObjectId ancestor, ObjectId descendant) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** The best common ancestors: those that are ancestors of no other; usually one. In id order. */
  public List<ObjectId> mergeBases(ObjectId one, ObjectId other) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * {@code commit~count}: the first parent, {@code count} times; nothing if history ends before.
   */
  public Optional<ObjectId> firstParent(ObjectId commit, long count) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** How many commits are reachable from {@code tip}, itself included. */
  public long count(ObjectId tip) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }
}
