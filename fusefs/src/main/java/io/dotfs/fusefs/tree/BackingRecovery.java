package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings an inode's row and its backing file together when the inode is read into memory: the row
 * may be older than the file, and after a power cut each may be older than the other.
 */
final class BackingRecovery {
  /** More than a write takes and the host's clock lags. */
  private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

  private final WorkingTree tree;

  BackingRecovery(WorkingTree tree) {
    this.tree = tree;
  }

  /**
   * Settles size, times and backing file of a regular file that has one. Called once, before anyone
   * else sees the inode.
   *
   * @param epoch the power epoch in which the row was written
   */
  void recover(Inode inode, int epoch) throws IOException {
    BlockFiles.Name name = new BlockFiles.Name(tree.id(), inode.number, 0);
    if (epoch == tree.powerEpoch()) {
      takeFacts(inode, name);
    } else {
      revertToDurable(inode, name);
    }
  }

  /** No power was lost: size and mtime are those of the backing file. */
  private void takeFacts(Inode inode, BlockFiles.Name name) throws IOException {
    Optional<BlockFile.Facts> found = tree.blockFiles().facts(name);
    if (found.isEmpty()) {
      inode.hasBacking = false;
      inode.size = inode.durableSize;
      return;
    }
    BlockFile.Facts facts = found.get();
    if (inode.truncating) {
      facts = finishTruncation(inode, name);
    }
    inode.size = facts.sizeBytes();
    Optional<EntryContent> content = tree.contentOf(inode.number);
    if (content.isEmpty()) {
      inode.allocatedWhenLoaded = facts.allocatedBytes();
    } else {
      long committed = ((FileContent) content.get()).sizeBytes();
      if (inode.effectiveLimit() == Inode.NO_LIMIT) {
        inode.durableSize = Math.max(inode.durableSize, committed);
      }
      if (inode.size < committed) {
        // What lies beyond the end never counts again, whatever the row had time to say.
        inode.lowerLimit(inode.size, tree.gate().generation());
      }
    }
    takeTime(inode, facts);
  }

  /**
   * The host stamps the backing file at each write with a clock of coarse steps, and a time that
   * was set is set there too: it tells of writes that the row does not know. Only where the row is
   * a moment ahead is it the same write's exact time; far ahead it is an older time that was set.
   */
  private static void takeTime(Inode inode, BlockFile.Facts facts) {
    if (!isMomentAhead(inode, facts)) {
      inode.setMtime(facts.mtimeSeconds(), facts.mtimeNanos());
      inode.setCtime(facts.mtimeSeconds(), facts.mtimeNanos());
    }
  }

  /** A time may have been set to anything that 64 bits hold, so that differences may overflow. */
  private static boolean isMomentAhead(Inode inode, BlockFile.Facts facts) {
    if (inode.mtimeSeconds != facts.mtimeSeconds()
        && inode.mtimeSeconds - 1 != facts.mtimeSeconds()) {
      return false;
    }
    long seconds = inode.mtimeSeconds - facts.mtimeSeconds();
    long nanos = seconds * 1_000_000_000 + inode.mtimeNanos - facts.mtimeNanos();
    return nanos >= 0 && nanos <= CLOCK_STEP.toNanos();
  }

  private BlockFile.Facts finishTruncation(Inode inode, BlockFiles.Name name) throws IOException {
    BlockFile file = tree.blockFiles().open(name);
    file.truncate(inode.size);
    inode.truncating = false;
    inode.unsaved = true;
    BlockFile.Facts facts = file.facts();
    file.close();
    return facts;
  }

  /**
   * The backing file holds what was synced and anything of the rest. A file that a commit holds is
   * as in the commit, but for cuts and growth that the row tells of and for blocks recorded as
   * safe. A cut that the row tells of and the disk may have lost is made again, and takes with it
   * what was written after it and never synced.
   */
  private void revertToDurable(Inode inode, BlockFiles.Name name) throws IOException {
    Optional<EntryContent> content = tree.contentOf(inode.number);
    boolean there = tree.blockFiles().exists(name);
    if (content.isEmpty()) {
      inode.hasBacking = there;
      inode.size = 0;
      if (there) {
        BlockFile file = tree.blockFiles().open(name);
        inode.size = file.facts().sizeBytes();
        file.close();
      }
    } else {
      inode.size = inode.durableSize;
      if (inode.effectiveLimit() == Inode.NO_LIMIT) {
        inode.size = Math.max(inode.size, ((FileContent) content.get()).sizeBytes());
      }
      inode.hasBacking = there && inode.backingSynced;
      if (inode.hasBacking) {
        BlockFile file = tree.blockFiles().open(name);
        if (inode.cutUnsynced) {
          file.truncate(inode.durableSize);
        }
        long safeEnd = BlockMarks.safeEnd(tree, inode.number);
        inode.size = Math.max(inode.size, Math.min(file.facts().sizeBytes(), safeEnd));
        file.truncate(inode.size);
        file.close();
      }
    }
    inode.truncating = false;
    inode.cutUnsynced &= inode.hasBacking;
    inode.durableSize = inode.size;
    try (MetaBatch batch = tree.metadata().newBatch()) {
      tree.inodes().put(batch, inode);
      tree.metadata().write(batch);
    }
  }
}
