package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EINTR;
import static io.dotfs.fusefs.vfs.Errno.EROFS;
import static io.dotfs.fusefs.vfs.Errno.ESTALE;

import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Owner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;

/**
 * The tree that a view shows, and those that it showed before and that the kernel may still name
 * inodes of. A node id says which tree it belongs to; node 1 is the root of the one shown now.
 *
 * <p>Thread safe. Requests that open or change something go through a door, which a switch closes:
 * after a switch none of them is on its way to the tree before.
 */
final class ShownTrees {
  /** The node id of a mount's root directory, whatever tree is shown. */
  static final long ROOT_NODE = 1;

  /**
   * One tree with its operations; replaced as a whole.
   *
   * @param opens descriptors that are open in it through this view
   */
  record Shown(
      WorkingTree tree,
      Inode root,
      FileOps files,
      NameOps names,
      RenameOps renames,
      AttributeOps attributes,
      AtomicLong opens) {
    /**
     * The inode of a node id that belongs to this tree; it stays in memory until the thread's
     * request ends with {@link #exit} or {@link #done}.
     */
    Inode inode(long nodeId) throws FileSystemException, IOException {
      if (nodeId == ROOT_NODE) {
        return root;
      }
      Inode inode = tree.inodes().inMemory(nodeId);
      if (inode == null) {
        inode = tree.inodes().acquire(nodeId).orElseThrow(() -> FileSystemException.of(ESTALE));
      }
      Uses.add(tree.inodes(), inode);
      return inode;
    }

    /** The node id under which a mount knows an inode. */
    long nodeOf(Inode inode) {
      return inode.number == root.number ? ROOT_NODE : inode.number;
    }
  }

  /** A tree shown before, and whether it was left although somebody had something open there. */
  private record Earlier(Shown shown, boolean forced) {}

  private final SubdotView view;
  private final List<Earlier> earlier = new CopyOnWriteArrayList<>();

  /** Held shared by every request that opens or changes something; a switch holds it alone. */
  private final StampedLock door = new StampedLock();

  /** A switch holds the door or waits for it: requests wait until it is open again. */
  private volatile boolean closing;

  private volatile Shown shown;

  /** Changed under {@link #door}. */
  private boolean left;

  ShownTrees(SubdotView view, WorkingTree tree) throws IOException, StoreException {
    this.view = view;
    this.shown = show(tree);
  }

  // ---- the door

  /**
   * Lets a request that opens or changes something in; for {@link #exit}.
   *
   * @throws FileSystemException EINTR if the thread is interrupted while the door is closed
   */
  long enter(RequestContext context) throws FileSystemException {
    while (true) {
      if (!closing) {
        long stamp = door.tryReadLock();
        if (stamp != 0) {
          return stamp;
        }
      }
      context.aboutToBlock();
      awaitOpen();
    }
  }

  private synchronized void awaitOpen() throws FileSystemException {
    try {
      while (closing) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FileSystemException.of(EINTR);
    }
  }

  /** Ends what {@link #enter} began. */
  void exit(long stamp) {
    Uses.end();
    door.unlockRead(stamp);
  }

  /** Ends a request that only looks, and so does not go through the door. */
  static void done() {
    Uses.end();
  }

  /**
   * Closes the door when all who are inside have left.
   *
   * @return for {@link #openDoor}
   * @throws IOException if they have not left in time
   */
  long closeDoor(Duration patience) throws IOException, InterruptedException {
    closing = true;
    boolean done = false;
    try {
      long stamp = door.tryWriteLock(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (stamp == 0) {
        throw new IOException(
            "a request on " + view.subdot() + " has not ended for " + patience.toSeconds() + " s");
      }
      done = true;
      return stamp;
    } finally {
      if (!done) {
        letIn();
      }
    }
  }

  void openDoor(long stamp) {
    door.unlockWrite(stamp);
    letIn();
  }

  private synchronized void letIn() {
    closing = false;
    notifyAll();
  }

  // ---- what is shown

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
        new AttributeOps(tree, files),
        opensIn(tree));
  }

  /** A tree that is shown again has its descriptors still. */
  private AtomicLong opensIn(WorkingTree tree) {
    for (Earlier before : earlier) {
      if (before.shown().tree() == tree) {
        return before.shown().opens();
      }
    }
    return new AtomicLong();
  }

  /** What is shown now. */
  Shown now() {
    return shown;
  }

  private Optional<Earlier> earlier(long nodeId) {
    long tree = Keys.treeOf(nodeId);
    for (Earlier before : earlier) {
      if (before.shown().tree().id() == tree) {
        return Optional.of(before);
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(Shown now, long nodeId) {
    return nodeId == ROOT_NODE || Keys.treeOf(nodeId) == now.tree().id();
  }

  /** The tree that a node id belongs to. */
  Shown of(long nodeId) throws FileSystemException {
    Shown now = shown;
    if (isOf(now, nodeId)) {
      return now;
    }
    return earlier(nodeId).orElseThrow(() -> FileSystemException.of(ESTALE)).shown();
  }

  /**
   * As {@link #of}, for opening. Whoever found the way into a tree that was left while nobody was
   * there gets ESTALE, upon which the kernel looks the path up anew and arrives in the new tree.
   */
  Shown forOpening(long nodeId, boolean toWrite) throws FileSystemException {
    Shown now = shown;
    if (isOf(now, nodeId)) {
      return now;
    }
    Optional<Earlier> before = earlier(nodeId);
    if (before.isEmpty() || toWrite || !before.get().forced()) {
      throw FileSystemException.of(ESTALE);
    }
    return before.get().shown();
  }

  /** As {@link #of}, for a change: of an earlier tree there is none (ESTALE). */
  Shown writable(long nodeId) throws FileSystemException {
    Shown now = shown;
    if (!isOf(now, nodeId)) {
      throw FileSystemException.of(ESTALE);
    }
    if (now.tree().readOnly()) {
      throw FileSystemException.of(EROFS);
    }
    return now;
  }

  /**
   * Shows another tree from now on; with the door closed.
   *
   * @param forced whether somebody may have something open
   * @return false if it is shown already, or nothing is any more
   */
  boolean switchTo(WorkingTree tree, boolean forced) throws IOException, StoreException {
    if (left || tree == shown.tree()) {
      return false;
    }
    Shown before = shown;
    Shown next = show(tree);
    // Of a tree that nobody knows an inode of any more there is nothing to ask.
    earlier.removeIf(old -> old.shown().tree() == tree || !old.shown().tree().inodes().inUse());
    earlier.add(new Earlier(before, forced));
    shown = next;
    leave(before);
    return true;
  }

  private void leave(Shown which) {
    which.tree().views().remove(view);
    which.tree().inodes().release(which.root(), 1);
  }

  /** Shows nothing any more; once, after the last request. */
  void leave() {
    long stamp = door.writeLock();
    try {
      left = true;
      leave(shown);
    } finally {
      door.unlockWrite(stamp);
    }
  }
}
