package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EROFS;
import static io.dotfs.fusefs.vfs.Errno.ESTALE;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Owner;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The tree that a view shows, and those that it showed before and that the kernel may still name
 * inodes of. A node id says which tree it belongs to; node 1 is the root of the one shown now.
 *
 * <p>Thread safe.
 */
final class ShownTrees {
  /** The node id of a mount's root directory, whatever tree is shown. */
  static final long ROOT_NODE = 1;

  /** One tree with its operations; replaced as a whole. */
  record Shown(
      WorkingTree tree,
      Inode root,
      FileOps files,
      NameOps names,
      RenameOps renames,
      AttributeOps attributes) {
    /** The inode of a node id that belongs to this tree. */
    Inode inode(long nodeId) throws FileSystemException, IOException {
      if (nodeId == ROOT_NODE) {
        return root;
      }
      Inode known = tree.inodes().inMemory(nodeId);
      if (known != null) {
        return known;
      }
      return tree.inodes().held(nodeId).orElseThrow(() -> FileSystemException.of(ESTALE));
    }

    /** The node id under which a mount knows an inode. */
    long nodeOf(Inode inode) {
      return inode.number == root.number ? ROOT_NODE : inode.number;
    }
  }

  private final SubdotView view;
  private final List<Shown> earlier = new CopyOnWriteArrayList<>();
  private final Object switching = new Object();
  private volatile Shown shown;

  @GuardedBy("switching")
  private boolean left;

  ShownTrees(SubdotView view, WorkingTree tree) throws IOException, StoreException {
    this.view = view;
    this.shown = show(tree);
  }

  private Shown show(WorkingTree tree) throws IOException, StoreException {
    Optional<Inode> root = tree.acquireSubdot(view.subdot());
    if (root.isEmpty() && !tree.readOnly()) {
      tree.createSubdot(view.subdot(), 0755, Owner.ROOT);
      root = tree.acquireSubdot(view.subdot());
    }
    if (root.isEmpty()) {
      throw new IOException("no subdot " + view.subdot() + " there");
    }
    tree.names().resolveLinks(root.get());
    tree.views().add(view);
    FileOps files = new FileOps(tree);
    NameOps names = new NameOps(tree);
    return new Shown(
        tree,
        root.get(),
        files,
        names,
        new RenameOps(tree, names, files),
        new AttributeOps(tree, files));
  }

  /** What is shown now. */
  Shown now() {
    return shown;
  }

  /** The tree that a node id belongs to. */
  Shown of(long nodeId) throws FileSystemException {
    Shown now = shown;
    long tree = Keys.treeOf(nodeId);
    if (nodeId == ROOT_NODE || tree == now.tree().id()) {
      return now;
    }
    for (Shown before : earlier) {
      if (before.tree().id() == tree) {
        return before;
      }
    }
    throw FileSystemException.of(ESTALE);
  }

  /** As {@link #of}, for a change: of an earlier tree there is none (ESTALE). */
  Shown writable(long nodeId) throws FileSystemException {
    Shown found = of(nodeId);
    if (found.tree() != shown.tree()) {
      throw FileSystemException.of(ESTALE);
    }
    if (found.tree().readOnly()) {
      throw FileSystemException.of(EROFS);
    }
    return found;
  }

  /** Shows another tree from now on; false if it is shown already, or nothing is any more. */
  boolean switchTo(WorkingTree tree) throws IOException, StoreException {
    synchronized (switching) {
      if (left || tree == shown.tree()) {
        return false;
      }
      Shown before = shown;
      Shown next = show(tree);
      earlier.add(before);
      shown = next;
      leave(before);
      return true;
    }
  }

  private void leave(Shown which) {
    which.tree().views().remove(view);
    which.tree().inodes().release(which.root(), 1);
  }

  /** Shows nothing any more; once, after the last request. */
  void leave() {
    synchronized (switching) {
      left = true;
      leave(shown);
    }
  }
}
