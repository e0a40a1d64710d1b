package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectReader;

/** Reads nodes of file maps and checks that they fit where they are. */
public final class FileNodes {
  private FileNodes() {}

  /**
   * Reads one node.
   *
   * @throws CorruptObjectException if it is damaged or malformed
   */
  public static FileNode read(ObjectReader objects, ObjectId id) throws StoreException {
    try {
      return FileNode.decode(objects.read(id, ObjectType.FILE_NODE));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  /**
   * Reads the child {@code id} in {@code slot} of {@code parent}, which is above level 0.
   *
   * @throws CorruptObjectException if it is damaged or malformed, or does not fit there
   */
  public static FileNode readChild(ObjectReader objects, FileNode parent, int slot, ObjectId id)
      throws StoreException {
    FileNode node = read(objects, id);
    if (node.level() != parent.level() - 1
        || node.blockLog2() != parent.blockLog2()
        || node.lengthBytes() != parent.lengthOf(slot)) {
      throw CorruptObjectException.malformed("a file node that does not fit its parent").of(id);
    }
    return node;
  }
}
