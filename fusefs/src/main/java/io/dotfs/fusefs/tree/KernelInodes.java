package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.tree.ShownTrees.Shown;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inodes that the kernel holds on to through one mount: every entry that it is told of counts,
 * until it forgets it, and keeps the inode in memory. Thread safe.
 */
final class KernelInodes {
  /** How long the kernel may keep names and attributes: it is told of every change. */
  static final long VALID_NANOS = TimeUnit.DAYS.toNanos(7);

  private static final Logger LOG = LoggerFactory.getLogger(KernelInodes.class);

  private final ShownTrees trees;
  private final LookupCounts lookups = new LookupCounts();

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
      try {
        WorkingTree tree = trees.of(nodeId).tree();
        Inode inode = tree.inodes().inMemory(nodeId);
        if (inode != null) {
          tree.inodes().release(inode, held);
        }
      } catch (FileSystemException e) {
        LOG.error("inode {} of an unknown tree is forgotten", nodeId);
      }
    }
  }

  /** The mount has ended: the kernel holds nothing any more. */
  void forgetAll() {
    lookups.drain(
        (number, count) -> {
          try {
            WorkingTree tree = trees.of(number).tree();
            Optional<Inode> inode = tree.inodes().held(number);
            if (inode.isPresent()) {
              tree.inodes().release(inode.get(), count);
            }
          } catch (IOException | FileSystemException e) {
            LOG.error("inode {} stays in memory after an unmount: {}", number, e.toString());
          }
        });
  }
}
