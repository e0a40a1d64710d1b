package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Looks into stored directories. Any number of threads may use one reader; it keeps no state of its
 * own.
 */
public final class DirectoryReader {
  private final ObjectReader objects;

  public DirectoryReader(ObjectReader objects) {
    this.objects = objects;
  }

  /** The entry called {@code name}, if there is one. Reads one node per level. */
  public Optional<TreeEntry> find(DirectoryRef directory, ByteName name) throws StoreException {
    Optional<ObjectId> id = directory.root();
    int level = -1;
    while (id.isPresent()) {
      ByteBuffer payload = objects.read(id.get(), ObjectType.DIRECTORY_NODE);
      try {
        level = level < 0 ? DirectoryCodec.level(payload) : level - 1;
        Optional<DirectoryNode> found = DirectoryCodec.find(payload, level, name);
        if (found.isPresent() && found.get() instanceof DirectoryNode.Leaf leaf) {
          return Optional.of(leaf.entries().get(0));
        }
        id =
            found.isPresent() && found.get() instanceof DirectoryNode.Inner inner
                ? inner.children().get(0).subtree().root()
                : Optional.empty();
      } catch (CorruptObjectException e) {
        throw e.of(id.get());
      }
    }
    return Optional.empty();
  }

  /** Index of the first entry whose name is not less than {@code name}. */
  static int indexOf(List<TreeEntry> entries, ByteName name) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).name().compareTo(name) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A cursor over all entries, in the order of their names' bytes. */
  public DirectoryCursor entries(DirectoryRef directory) throws StoreException {
    return new NodeCursor(objects, directory, ByteName.EMPTY);
  }

  /**
   * A cursor over the entries whose names are greater than {@code name}, which need not exist: for
   * going on where an earlier listing stopped.
   */
  public DirectoryCursor entriesAfter(DirectoryRef directory, ByteName name) throws StoreException {
    return new NodeCursor(objects, directory, name);
  }
}
