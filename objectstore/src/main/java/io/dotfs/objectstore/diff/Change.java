package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import java.util.Optional;

/** One difference between two trees, at one path. */
public sealed interface Change {
  /** Where it is in the new tree; in the old one for what was removed. */
  TreePath path();

  /** The letter that {@code git diff --name-status} shows. */
  char letter();

  /**
   * Only the new tree has it. Directories appear only if they are empty: otherwise their entries
   * do.
   */
  record Added(TreePath path, TreeEntry entry) implements Change {
    @Override
    public char letter() {
      return 'A';
    }
  }

  /** Only the old tree has it. */
  record Removed(TreePath path, TreeEntry entry) implements Change {
    @Override
    public char letter() {
      return 'D';
    }
  }

  /** Both have it, with different content, attributes, or both; {@link Change#contentChanged}. */
  record Modified(TreePath path, TreeEntry before, TreeEntry after) implements Change {
    @Override
    public char letter() {
      return 'M';
    }

    /**
     * Whether the content differs; otherwise only attributes do. That of a directory never counts:
     * its entries' changes speak for themselves.
     */
    public boolean contentChanged() {
      return !(after.content() instanceof DirectoryRef)
          && !before.content().equals(after.content());
    }
  }

  /** Both have it, as files of different types. */
  record TypeChanged(TreePath path, TreeEntry before, TreeEntry after) implements Change {
    @Override
    public char letter() {
      return 'T';
    }
  }

  /** A file that was removed in one place and added, with equal content, in another. */
  record Renamed(TreePath oldPath, TreePath path, TreeEntry before, TreeEntry after)
      implements Change {
    @Override
    public char letter() {
      return 'R';
    }
  }

  /** Totals of what a change adds or removes; ZERO for other changes. */
  static Totals totals(Change change) {
    if (change instanceof Added added) {
      return added.entry().totals();
    }
    if (change instanceof Removed removed) {
      return removed.entry().totals();
    }
    return Totals.ZERO;
  }

  /** What the old tree has there, if anything. */
  static Optional<TreeEntry> before(Change change) {
    if (change instanceof Removed removed) {
      return Optional.of(removed.entry());
    } else if (change instanceof Modified modified) {
      return Optional.of(modified.before());
    } else if (change instanceof TypeChanged changed) {
      return Optional.of(changed.before());
    } else if (change instanceof Renamed renamed) {
      return Optional.of(renamed.before());
    }
    return Optional.empty();
  }

  /** What the new tree has there, if anything. */
  static Optional<TreeEntry> after(Change change) {
    if (change instanceof Added added) {
      return Optional.of(added.entry());
    } else if (change instanceof Modified modified) {
      return Optional.of(modified.after());
    } else if (change instanceof TypeChanged changed) {
      return Optional.of(changed.after());
    } else if (change instanceof Renamed renamed) {
      return Optional.of(renamed.after());
    }
    return Optional.empty();
  }
}
