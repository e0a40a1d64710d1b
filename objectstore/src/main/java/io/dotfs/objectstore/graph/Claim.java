package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.directory.DirectoryClaim;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;

/**
 * What an object says about another one that it names: its id, its type, how long it is, and so on.
 * The id binds the other's content; the rest may be a lie.
 */
sealed interface Claim permits FilePart, Claim.Directory {
  /** The object that is named. */
  ObjectId id();

  /**
   * Holds the claim against the object.
   *
   * @throws CorruptObjectException if the object is malformed or is not as claimed
   */
  void check(ObjectReader objects) throws StoreException;

  /**
   * A directory node.
   *
   * @param node what is said of it
   */
  record Directory(DirectoryClaim node) implements Claim {
    @Override
    public ObjectId id() {
      return node.id();
    }

    @Override
    public void check(ObjectReader objects) throws StoreException {
      node.read(objects);
    }
  }
}
