package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;

/** Reads nodes of directories and checks that they fit where they are. */
public final class DirectoryNodes {
  private DirectoryNodes() {}

  /**
   * Reads one node.
   *
   * @throws CorruptObjectException if it is damaged or malformed
   */
  public static DirectoryNode read(ObjectReader objects, ObjectId id) throws StoreException {
    try {
      return DirectoryCodec.decode(objects.read(id, ObjectType.DIRECTORY_NODE));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  /**
   * Reads a child of {@code parent}.
   *
   * @throws CorruptObjectException if it is damaged or malformed, or does not fit there
   */
  public static DirectoryNode readChild(
      ObjectReader objects, DirectoryNode.Inner parent, DirectoryNode.Child child)
      throws StoreException {
    ObjectId id = child.subtree().root().orElseThrow();
    DirectoryNode node = read(objects, id);
    if (node.level() != parent.level() - 1 || !node.lastName().equals(child.lastName())) {
      throw CorruptObjectException.malformed("a directory node that does not fit its parent")
          .of(id);
    }
    return node;
  }
}
