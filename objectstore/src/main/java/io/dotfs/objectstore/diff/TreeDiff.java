package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.Collection;
import java.util.List;

/**
 * Compares two trees at the cost of their difference: equal ids are never looked into, at the level
 * of files, of directories and of the nodes of one directory. Any number of threads may use one; it
 * keeps no state of its own.
 */
public final class TreeDiff {
  private final ObjectReader objects;

  public TreeDiff(ObjectReader objects) {
    this.objects = objects;
  }

  /** Takes the changes, in path order. */
  @FunctionalInterface
  public interface Visitor {
    /** The next change. An exception ends the comparison. */
    void visit(Change change) throws StoreException;
  }

  /**
   * Streams all changes in path order, without looking for renames, in memory that follows the
   * depth of the tree.
   *
   * @param limits only what lies at or beneath one of these; empty for everything
   */
  public void compare(
      DirectoryRef before, DirectoryRef after, Collection<TreePath> limits, Visitor visitor)
      throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * All changes in path order, removed and added files of equal content joined to renames. Holds
   * all changes in memory.
   */
  public List<Change> changes(DirectoryRef before, DirectoryRef after, Collection<TreePath> limits)
      throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * How many bytes of the longer of two files are not the same in the other at the same place, as
   * far as chunk ids tell, in time that follows the difference.
   */
  public long changedBytes(FileContent before, FileContent after) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }
}
