package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.codec.FileNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Optional;

/**
 * What a directory entry or a file node says about an object that it names: a claim, to be held
 * against the object itself.
 */
sealed interface FilePart extends Claim {
  /** How many bytes of the file it covers. */
  long lengthBytes();

  /** Level in the map; -1 for a chunk. */
  int level();

  /**
   * The root of a file whose map is not read yet: nobody says whether it is a chunk or a node.
   *
   * @param root its id
   * @param lengthBytes size of the file
   */
  record Root(ObjectId root, long lengthBytes) implements FilePart {
    /** The root of a file that has one. */
    static Optional<Root> of(FileContent file) {
      return file.root().map(id -> new Root(id, file.sizeBytes()));
    }

    @Override
    public ObjectId id() {
      return root;
    }

    @Override
    public int level() {
      throw new IllegalStateException("the level of a root is not known before it is read");
    }

    @Override
    public void check(ObjectReader objects) throws StoreException {
      resolve(objects).check(objects);
    }

    /** Finds out what the root is. */
    FilePart resolve(ObjectReader objects) throws StoreException {
      if (infoOf(root, objects).type() == ObjectType.CHUNK) {
        return new Chunk(root, lengthBytes);
      }
      FileNode node = FilePart.read(root, objects);
      if (node.level() != FileNode.rootLevel(node.blockLog2(), lengthBytes)) {
        throw contradiction(root, "a node of level " + node.level() + " at the top of a file");
      }
      return new Node(root, lengthBytes, node.level(), node.blockLog2());
    }
  }

  /**
   * A chunk.
   *
   * @param id its id
   * @param lengthBytes its length
   */
  record Chunk(ObjectId id, long lengthBytes) implements FilePart {
    @Override
    public int level() {
      return -1;
    }

    @Override
    public void check(ObjectReader objects) throws StoreException {
      ObjectInfo info = infoOf(id, objects);
      if (info.type() != ObjectType.CHUNK || info.lengthBytes() != lengthBytes) {
        throw contradiction(
            id,
            "a "
                + info.type()
                + " of "
                + info.lengthBytes()
                + " bytes in place of a chunk of "
                + lengthBytes);
      }
    }
  }

  /**
   * A node of a file map.
   *
   * @param id its id
   * @param lengthBytes how much it covers
   * @param level 0 above chunks
   * @param blockLog2 binary logarithm of the block size
   */
  record Node(ObjectId id, long lengthBytes, int level, int blockLog2) implements FilePart {
    @Override
    public void check(ObjectReader objects) throws StoreException {
      read(objects);
    }

    /** Reads the node and holds the claim against it. */
    FileNode read(ObjectReader objects) throws StoreException {
      FileNode node = FilePart.read(id, objects);
      if (node.lengthBytes() != lengthBytes
          || node.level() != level
          || node.blockLog2() != blockLog2) {
        throw contradiction(id, "length, level or block size is not what its parent says");
      }
      return node;
    }

    /** What {@code node}, which is the one that this claims, says about a slot. */
    Optional<FilePart> child(FileNode node, int slot) {
      return node.child(slot)
          .map(
              child ->
                  level == 0
                      ? new Chunk(child, node.lengthOf(slot))
                      : new Node(child, node.lengthOf(slot), level - 1, blockLog2));
    }
  }

  private static ObjectInfo infoOf(ObjectId id, ObjectReader objects) throws StoreException {
    return objects.info(id).orElseThrow(() -> new MissingObjectException(id));
  }

  private static FileNode read(ObjectId id, ObjectReader objects) throws StoreException {
    try {
      return FileNode.decode(objects.read(id, ObjectType.FILE_NODE));
    } catch (CorruptObjectException e) {
      throw e.of(id);
    }
  }

  private static CorruptObjectException contradiction(ObjectId id, String what) {
    return CorruptObjectException.malformed(what).of(id);
  }
}
