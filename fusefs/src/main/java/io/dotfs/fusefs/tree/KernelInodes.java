package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.tree.ShownTrees.Shown;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inodes that the kernel holds on to through one mount: every entry that it is told of counts,
 * until it forgets it, and so does every descriptor until it is closed; both keep the inode in
 * memory. Thread safe.
 */
final class KernelInodes {
  /** How long the kernel may keep names and attributes: it is told of every change. */
  static final long VALID_NANOS = TimeUnit.DAYS.toNanos(7);

  private static final Logger LOG = LoggerFactory.getLogger(KernelInodes.class);

  private final ShownTrees trees;
  private final LookupCounts lookups = new LookupCounts();
  private final LookupCounts opens = new LookupCounts();

  KernelInodes(ShownTrees trees) {
    this.trees = trees;
  }

  /** Fills in what {@code stat(2)} shows. */
  void fill(Shown in, Inode inode, InodeAttributes reply) throws IOException, StoreException {
    boolean uncounted;
    boolean unknownBlocks;
    long stamp = inode.lock.readLock();
    try {
      inode.fill(reply);
      unknownBlocks = inode.isRegular();
      uncounted = inode.isDirectory() && inode.subdirectories < 0;
      if (unknownBlocks && inode.bytes.isPresent()) {
        reply.blocks = (inode.bytes.get().allocatedBytes() + 511) >>> 9;
        unknownBlocks = false;
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    if (unknownBlocks) {
      reply.blocks = (in.files().allocatedBytes(inode) + 511) >>> 9;
    }
    if (uncounted) {
      stamp = inode.lock.writeLock();
      try {
        in.tree().names().ensureCounted(inode);
        inode.fill(reply);
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  /** Fills an entry for an inode that comes with a reference, which becomes the kernel's. */
  void hand(Shown in, Inode inode, EntryReply reply) throws IOException, StoreException {
    fill(in, inode, reply.attributes);
    reply.nodeId = inode.number;
    reply.generation = 0;
    reply.entryValidNanos = VALID_NANOS;
    reply.attributesValidNanos = VALID_NANOS;
    lookups.add(inode.number);
  }

  /** The kernel was not told of an entry after all. */
  void takeBack(Shown in, Inode inode) {
    lookups.remove(inode.number, 1);
    in.tree().inodes().release(inode, 1);
  }

  /** The kernel forgets that many of its look-ups. */
  void forget(long nodeId, long count) {
    long held = lookups.remove(nodeId, count);
    if (held > 0) {
      dropAll(nodeId, held);
    }
  }

  /** A descriptor was opened; inside the door. */
  void opened(Shown in, Inode inode) {
    in.tree().inodes().retain(inode);
    opens.add(inode.number);
    in.opens().incrementAndGet();
  }

  /** A descriptor was closed. */
  void closed(long number) throws FileSystemException {
    if (opens.remove(number, 1) > 0) {
      Shown in = trees.of(number);
      in.opens().decrementAndGet();
      release(in, number, 1);
    }
  }

  private static void release(Shown in, long number, long count) {
    Inode inode = in.tree().inodes().inMemory(number);
    if (inode == null) {
      throw new IllegalStateException("inode " + number + " left memory while it was held");
    }
    in.tree().inodes().release(inode, count);
  }

  /** The mount has ended: the kernel holds nothing any more. */
  void forgetAll() {
    opens.drain(this::dropAll);
    lookups.drain(this::dropAll);
  }

  private void dropAll(long number, long count) {
    try {
      release(trees.of(number), number, count);
    } catch (FileSystemException e) {
      LOG.error("inode {} of an unknown tree stays in memory", number, e);
    }
  }
}
