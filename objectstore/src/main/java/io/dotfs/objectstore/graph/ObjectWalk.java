package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;

/**
 * Enumerates the objects that a receiver lacks: everything reachable from some tips that is not
 * reachable from what it has. Walks the Merkle trees of both sides in parallel and skips what is
 * equal, so that the cost follows the difference.
 *
 * <p>Order: children before what names them (chunks, file nodes, directory nodes, commit; older
 * commits before newer ones), each object once, so that a receiver can check every object's
 * references when it arrives. It may name an object that the receiver has in some other place,
 * never one too few.
 */
public final class ObjectWalk {
  private final ObjectReader objects;

  public ObjectWalk(ObjectReader objects) {
    this.objects = objects;
  }

  /** Takes the objects of a walk, one by one. */
  @FunctionalInterface
  public interface Visitor {
    /** The next object. An exception ends the walk. */
    void visit(ObjectId id, ObjectType type) throws StoreException;
  }

  /**
   * Visits what is reachable from {@code wants} (commits or tags) and not from {@code haves}.
   *
   * @param haves commits whose history and trees the receiver has in whole; those that are not in
   *     this store are ignored
   */
  public void missing(Collection<ObjectId> wants, Collection<ObjectId> haves, Visitor visitor)
      throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }
}
