package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;

/**
 * Makes a new version of one directory from an old one and the names that changed, in time and
 * memory that follow the change. The result depends on the entries alone, never on the steps that
 * led there. One thread at a time.
 *
 * <p>Names come in ascending order of their bytes, each at most once. Subdirectories are entries
 * like any other: whoever edits a tree edits the deepest directories first.
 */
public final class DirectoryEditor {
  private DirectoryEditor() {}

  /**
   * Begins a new version.
   *
   * @param reader holds the base
   * @param sink takes the new nodes
   * @param base the old version; {@link DirectoryRef#EMPTY} for a new directory
   */
  public static DirectoryEditor edit(ObjectReader reader, ObjectSink sink, DirectoryRef base) {
    throw new UnsupportedOperationException();
  }

  /** Adds an entry, or replaces the one of that name. */
  public void put(TreeEntry entry) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Removes the entry of that name; does nothing if there is none. */
  public void remove(ByteName name) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Stores the nodes that changed and returns the new version. The editor is used up. */
  public DirectoryRef finish() throws StoreException {
    throw new UnsupportedOperationException();
  }
}
