package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
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
    if (directory.root().isEmpty()) {
      return Optional.empty();
    }
    DirectoryNode node = DirectoryNodes.read(objects, directory.root().get());
    while (node instanceof DirectoryNode.Inner inner) {
      int index = inner.indexOf(name);
      if (index == inner.size()) {
        return Optional.empty();
      }
      node = DirectoryNodes.readChild(objects, inner, inner.children().get(index));
    }
    List<TreeEntry> entries = ((DirectoryNode.Leaf) node).entries();
    int index = indexOf(entries, name);
    return index < entries.size() && entries.get(index).name().equals(name)
        ? Optional.of(entries.get(index))
        : Optional.empty();
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
