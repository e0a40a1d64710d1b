package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Compares two trees at the cost of their difference: equal ids are never looked into, at the level
 * of files, of directories and of the nodes of one directory. Any number of threads may use one; it
 * keeps no state of its own.
 *
 * <p>What counts as a change, as git has it where git has it:
 *
 * <ul>
 *   <li>other bytes or holes, symlink target, device number, permissions, owner or extended
 *       attributes: {@link Change.Modified};
 *   <li>another file type: {@link Change.TypeChanged}. Where one side is a directory with entries,
 *       those are removed or added one by one, and so is what stands on the other side;
 *   <li>nothing but another modification time or link group (which a file gets with its second
 *       name): no change, unless {@link Times#COMPARED} asks for it;
 *   <li>a directory that is on both sides is a change of its own only by its attributes; what
 *       happened to its entries is theirs to say. One that is on one side only is represented by
 *       its entries, and appears itself only if it has none.
 * </ul>
 */
public final class TreeDiff {
  /** Whether a difference in nothing but modification time or link group is a change. */
  public enum Times {
    IGNORED,
    COMPARED
  }

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

  /** As the longer form, with {@link Times#IGNORED}. */
  public void compare(
      DirectoryRef before, DirectoryRef after, Collection<TreePath> limits, Visitor visitor)
      throws StoreException {
    compare(before, after, limits, Times.IGNORED, visitor);
  }

  /**
   * Streams all changes in path order, without looking for renames, in memory that follows the
   * depth of the tree.
   *
   * @param limits only what lies at or beneath one of these; empty for everything. Nothing else is
   *     looked at
   */
  public void compare(
      DirectoryRef before,
      DirectoryRef after,
      Collection<TreePath> limits,
      Times times,
      Visitor visitor)
      throws StoreException {
    DiffWalk walk = new DiffWalk(objects, times, visitor);
    if (limits.isEmpty()) {
      walk.directories(TreePath.ROOT, before, after);
      return;
    }
    for (TreePath limit : outermost(limits)) {
      if (limit.equals(TreePath.ROOT)) {
        walk.directories(TreePath.ROOT, before, after);
      } else {
        walk.at(limit, before, after);
      }
    }
  }

  /** As the longer form, with {@link Times#IGNORED}. */
  public List<Change> changes(DirectoryRef before, DirectoryRef after, Collection<TreePath> limits)
      throws StoreException {
    return changes(before, after, limits, Times.IGNORED);
  }

  /**
   * All changes in path order, removed and added files of equal content joined to renames. Holds
   * all changes in memory.
   *
   * <p>A rename joins regular files that are not empty, or symlinks, of equal content id. Of
   * several candidates one of the same link group is taken, else one of the same name in another
   * directory, else the first by path.
   */
  public List<Change> changes(
      DirectoryRef before, DirectoryRef after, Collection<TreePath> limits, Times times)
      throws StoreException {
    List<Change> changes = new ArrayList<>();
    compare(before, after, limits, times, changes::add);
    return RenameDetection.join(changes);
  }

  /**
   * How many bytes of the longer of two files are not the same in the other at the same place, as
   * far as chunk ids tell, in time that follows the difference: a chunk that differs counts in
   * whole, a hole differs from data, and all behind the shorter one's end counts. Where the two are
   * cut into chunks differently, the bytes themselves are compared and counted.
   */
  public long changedBytes(FileContent before, FileContent after) throws StoreException {
    return new FileDiff(objects).changedBytes(before, after);
  }

  /** In path order, without those that lie at or beneath another. */
  private static List<TreePath> outermost(Collection<TreePath> limits) {
    List<TreePath> kept = new ArrayList<>();
    limits.stream()
        .sorted()
        .forEach(
            limit -> {
              if (kept.isEmpty() || !kept.get(kept.size() - 1).isPrefixOf(limit)) {
                kept.add(limit);
              }
            });
    return kept;
  }
}
