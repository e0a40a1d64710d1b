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
 * until it forgets it, and keeps an inode alive that has lost its names; every descriptor keeps its
 * inode in memory until it is closed. Thread safe.
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

  /** Fills an entry for an inode that comes with a reference, which ends with the request. */
  void hand(Shown in, Inode inode, EntryReply reply) throws IOException, StoreException {
    Uses.add(in.tree().inodes(), inode);
    tell(in, inode, reply);
  }

  /** Fills an entry, of which the kernel is told. */
  void tell(Shown in, Inode inode, EntryReply reply) throws IOException, StoreException {
    fill(in, inode, reply.attributes);
    reply.nodeId = inode.number;
    reply.generation = 0;
    reply.entryValidNanos = VALID_NANOS;
    reply.attributesValidNanos = VALID_NANOS;
    lookups.add(inode.number);
    in.tree().inodes().kernelTold(inode);
  }

  /** The kernel was not told of an entry after all. */
  void takeBack(Inode inode) {
    forget(inode.number, 1);
  }

  /** The kernel forgets that many of its look-ups. */
  void forget(long nodeId, long count) {
    long held = lookups.remove(nodeId, count);
    if (held > 0) {
      forgotten(nodeId, held);
    }
  }

  private void forgotten(long number, long count) {
    try {
      trees.of(number).tree().inodes().kernelForgot(number, count);
    } catch (FileSystemException e) {
      LOG.error("inode {} is of an unknown tree", number, e);
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
      in.tree().inodes().release(number, 1);
    }
  }

  /** The mount has ended: the kernel holds nothing any more. */
  void forgetAll() {
    opens.drain(this::dropOpens);
    lookups.drain(this::forgotten);
  }

  private void dropOpens(long number, long count) {
    try {
      trees.of(number).tree().inodes().release(number, count);
    } catch (FileSystemException e) {
      LOG.error("inode {} of an unknown tree stays in memory", number, e);
    }
  }
}
