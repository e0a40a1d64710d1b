package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
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
    throw new UnsupportedOperationException(objects.toString());
  }

  /** A cursor over all entries, in the order of their names' bytes. */
  public DirectoryCursor entries(DirectoryRef directory) throws StoreException {
    return entriesAfter(directory, ByteName.EMPTY);
  }

  /**
   * A cursor over the entries whose names are greater than {@code name}, which need not exist: for
   * going on where an earlier listing stopped.
   */
  public DirectoryCursor entriesAfter(DirectoryRef directory, ByteName name) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }
}
