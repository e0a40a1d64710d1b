package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.ObjectReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Walks two versions of one directory side by side and stops at the names that differ. Nodes that
 * are equal at the same place are passed over unread on both sides, also where other nodes before
 * them were split or joined: a few nodes per change are read, however large the directory is. Does
 * not look into subdirectories.
 *
 * <p>Holds one node per level and side. One thread at a time; needs no closing.
 */
public final class DirectoryComparison {
  /** Hears which nodes of the newer version are not, at the same place, in the older one. */
  public interface Nodes {
    /** Takes notice of nothing and looks into everything. */
    Nodes ALL =
        new Nodes() {
          @Override
          public boolean enter(DirectoryClaim claim) {
            return true;
          }

          @Override
          public void left(ObjectId id) {
            // Nothing to note.
          }
        };

    /**
     * Before a node is read.
     *
     * @return whether to look into it; otherwise its entries count as absent
     */
    boolean enter(DirectoryClaim claim) throws StoreException;

    /** After all entries beneath a node that was entered, and whatever was done with them. */
    void left(ObjectId id) throws StoreException;
  }

  /**
   * One name whose entries differ.
   *
   * @param before the older version's entry, if it has one
   * @param after the newer version's entry, if it has one
   */
  public record Difference(Optional<TreeEntry> before, Optional<TreeEntry> after) {}

  private final Side before;
  private final Side after;
  private final boolean removals;

  private DirectoryComparison(Side before, Side after, boolean removals) {
    this.before = before;
    this.after = after;
    this.removals = removals;
  }

  /** Compares two versions that one reader holds. */
  public static DirectoryComparison of(
      ObjectReader objects, DirectoryRef before, DirectoryRef after) {
    return new DirectoryComparison(
        new Side(objects, before, Nodes.ALL), new Side(objects, after, Nodes.ALL), true);
  }

  /**
   * Compares two versions that need not be in one place.
   *
   * @param nodes hears of the newer version's nodes
   */
  public static DirectoryComparison of(
      ObjectReader beforeObjects,
      DirectoryRef before,
      ObjectReader afterObjects,
      DirectoryRef after,
      Nodes nodes) {
    return new DirectoryComparison(
        new Side(beforeObjects, before, Nodes.ALL), new Side(afterObjects, after, nodes), true);
  }

  /** As {@link #of}, but stays silent about names that only the older version has. */
  public static DirectoryComparison additions(
      ObjectReader beforeObjects,
      DirectoryRef before,
      ObjectReader afterObjects,
      DirectoryRef after,
      Nodes nodes) {
    return new DirectoryComparison(
        new Side(beforeObjects, before, Nodes.ALL), new Side(afterObjects, after, nodes), false);
  }

  /** The next name whose entries differ, in the order of the names' bytes, or nothing. */
  public Optional<Difference> next() throws StoreException {
    while (true) {
      before.settle();
      after.settle();
      if (after.atEnd() && (before.atEnd() || !removals)) {
        return Optional.empty();
      }
      if (before.atNode() || after.atNode()) {
        read();
      } else {
        int order = order();
        if (order == 0 && before.entry().equals(after.entry())) {
          before.pass();
          after.pass();
        } else if (order < 0 && !removals) {
          before.pass();
        } else {
          return Optional.of(
              new Difference(
                  order <= 0 ? Optional.of(before.take()) : Optional.empty(),
                  order >= 0 ? Optional.of(after.take()) : Optional.empty()));
        }
      }
    }
  }

  /** Which of two entries, not both absent, comes first. */
  private int order() {
    if (before.atEnd()) {
      return 1;
    }
    return after.atEnd() ? -1 : before.entry().name().compareTo(after.entry().name());
  }

  /** At least one side stands at a node: passes over it or looks into it. */
  private void read() throws StoreException {
    if (!after.atNode()) {
      if (!removals && before.endsBefore(after.entry())) {
        before.pass();
      } else {
        before.enter();
      }
    } else if (!before.atNode()) {
      after.enter();
    } else if (before.claim().subtree().equals(after.claim().subtree())) {
      before.pass();
      after.pass();
    } else if (!removals && before.endsBefore(after.claim())) {
      before.pass();
    } else {
      // The higher one first; of two of one level both, unless the newer one is not wanted.
      int order = Integer.compare(before.headLevel(), after.headLevel());
      if (order > 0 || (after.enter() && order == 0)) {
        before.enter();
      }
    }
  }

  /** One version: a path of open nodes, and a head that is an unread node or an entry. */
  private static final class Side {
    private final ObjectReader objects;
    private final Nodes nodes;
    private final Deque<Open> open = new ArrayDeque<>();
    private Optional<DirectoryClaim> top;

    Side(ObjectReader objects, DirectoryRef directory, Nodes nodes) {
      this.objects = objects;
      this.nodes = nodes;
      this.top =
          directory.root().isPresent()
              ? Optional.of(DirectoryClaim.top(directory))
              : Optional.empty();
    }

    /** Leaves nodes that are used up. Comes before every look at the head. */
    void settle() throws StoreException {
      while (!open.isEmpty() && open.getFirst().isUsedUp()) {
        nodes.left(open.removeFirst().claim.id());
      }
    }

    boolean atEnd() {
      return open.isEmpty() && top.isEmpty();
    }

    boolean atNode() {
      return open.isEmpty() ? top.isPresent() : open.getFirst().node instanceof DirectoryNode.Inner;
    }

    DirectoryClaim claim() {
      return open.isEmpty() ? top.orElseThrow() : open.getFirst().child();
    }

    /** A top node counts as higher than any other: its level is not known before it is read. */
    int headLevel() {
      return claim().level().orElse(Integer.MAX_VALUE);
    }

    TreeEntry entry() {
      return open.getFirst().entry();
    }

    boolean endsBefore(TreeEntry entry) {
      return claim().lastName().filter(last -> last.compareTo(entry.name()) < 0).isPresent();
    }

    boolean endsBefore(DirectoryClaim other) {
      return claim().lastName().filter(last -> last.compareTo(other.after()) <= 0).isPresent();
    }

    TreeEntry take() {
      TreeEntry entry = entry();
      pass();
      return entry;
    }

    void pass() {
      if (open.isEmpty()) {
        top = Optional.empty();
      } else {
        open.getFirst().index++;
      }
    }

    /** Passes the node at the head and, if it is wanted, goes on with what it holds. */
    boolean enter() throws StoreException {
      DirectoryClaim claim = claim();
      pass();
      if (!nodes.enter(claim)) {
        return false;
      }
      open.addFirst(new Open(claim, claim.read(objects)));
      return true;
    }
  }

  /** A node that was read, and how far. */
  private static final class Open {
    private final DirectoryClaim claim;
    private final DirectoryNode node;
    private int index;

    Open(DirectoryClaim claim, DirectoryNode node) {
      this.claim = claim;
      this.node = node;
    }

    boolean isUsedUp() {
      return index == node.size();
    }

    TreeEntry entry() {
      return ((DirectoryNode.Leaf) node).entries().get(index);
    }

    DirectoryClaim child() {
      return claim.child((DirectoryNode.Inner) node, index);
    }
  }
}
