package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;
import java.util.List;

/** One node of a directory ({@code FORMAT.md}, "Directory"). */
public sealed interface DirectoryNode {
  /** 0 for a leaf, otherwise one more than the children's. */
  int level();

  /** Entries or children. */
  int size();

  /** Name of the last entry in or beneath this node. */
  ByteName lastName();

  /**
   * A node of entries.
   *
   * @param entries at least one, ascending by name
   */
  record Leaf(List<TreeEntry> entries) implements DirectoryNode {
    public Leaf {
      entries = List.copyOf(entries);
    }

    @Override
    public int level() {
      return 0;
    }

    @Override
    public int size() {
      return entries.size();
    }

    @Override
    public ByteName lastName() {
      return entries.get(entries.size() - 1).name();
    }
  }

  /**
   * A node of further nodes.
   *
   * @param level at least 1
   * @param children at least one, ascending by last name
   */
  record Inner(int level, List<Child> children) implements DirectoryNode {
    public Inner {
      children = List.copyOf(children);
    }

    @Override
    public int size() {
      return children.size();
    }

    @Override
    public ByteName lastName() {
      return children.get(children.size() - 1).lastName();
    }

    /** Index of the child that holds {@code name} if any does, or {@link #size} if none can. */
    public int indexOf(ByteName name) {
      int low = 0;
      int high = children.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (children.get(middle).lastName().compareTo(name) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  /**
   * A child of an inner node.
   *
   * @param lastName name of the last entry beneath it
   * @param subtree its id, and the sums over its entries
   */
  record Child(ByteName lastName, DirectoryRef subtree) {
    public Child {
      if (!TreeEntry.isName(lastName) || subtree.root().isEmpty()) {
        throw new IllegalArgumentException("a child without a name or entries");
      }
    }
  }

  /** Sums over the entries of a node: what its parent says of it. */
  static EntryCounts counts(DirectoryNode node) {
    EntryCounts sum = EntryCounts.ZERO;
    if (node instanceof Leaf leaf) {
      for (TreeEntry entry : leaf.entries()) {
        sum = sum.plus(entry.counts());
      }
    } else if (node instanceof Inner inner) {
      for (Child child : inner.children()) {
        sum = sum.plus(child.subtree().counts());
      }
    }
    return sum;
  }

  /** Sums over everything beneath a node: what its parent says of it. */
  static Totals totals(DirectoryNode node) {
    Totals sum = Totals.ZERO;
    if (node instanceof Leaf leaf) {
      for (TreeEntry entry : leaf.entries()) {
        sum = sum.plus(entry.totals());
      }
    } else if (node instanceof Inner inner) {
      for (Child child : inner.children()) {
        sum = sum.plus(child.subtree().totals());
      }
    }
    return sum;
  }
}
