package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.freeze.SideFile;
import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the bytes of one file as they were at the freeze of a commit, while writers go on.
 *
 * <p>Without the inode's lock, which is taken for moments: bytes are read first, and what a writer
 * moved to the side file meanwhile replaces them.
 */
final class FrozenBytes {
  private final Inode inode;
  private final FrozenFile file;
  private final BaseBytes base;
  private final SideFile side;

  FrozenBytes(WorkingTree tree, Inode inode, FrozenFile file, SideFile side) {
    this.inode = inode;
    this.file = file;
    this.base = new BaseBytes(tree.fileReader(), file.base, file.limit);
    this.side = side;
  }

  /** Reads into native memory, zeros beyond the end. */
  void read(long offset, int length, long address) throws IOException, StoreException {
    long at = offset;
    long end = offset + length;
    while (at < end) {
      long block = at >>> FileBytes.BLOCK_SHIFT;
      boolean changed = file.isChanged(block);
      long runEnd = (block + 1) << FileBytes.BLOCK_SHIFT;
      while (runEnd < end && file.isChanged(runEnd >>> FileBytes.BLOCK_SHIFT) == changed) {
        runEnd += FileBytes.BLOCK_BYTES;
      }
      int run = (int) (Math.min(runEnd, end) - at);
      if (changed) {
        readChanged(at, run, address + (at - offset));
      } else {
        base.read(at, run, address + (at - offset));
      }
      at += run;
    }
  }

  private Optional<BlockFile> backing() {
    long stamp = inode.lock.readLock();
    try {
      return file.backing;
    } finally {
      inode.lock.unlockRead(stamp);
    }
  }

  /** Reads what the backing file has, then takes from the side file what moved meanwhile. */
  private void readChanged(long offset, int length, long address) throws IOException {
    Optional<BlockFile> source = backing();
    int done = source.isPresent() ? source.get().read(address, length, offset) : 0;
    NativeMemory.zero(address + done, length - done);
    long stamp = inode.lock.writeLock();
    try {
      long first = offset >>> FileBytes.BLOCK_SHIFT;
      long last = (offset + length - 1) >>> FileBytes.BLOCK_SHIFT;
      for (long block = first; block <= last; block++) {
        Optional<Long> slot = file.movedTo(block);
        if (slot.isPresent()) {
          long start = block << FileBytes.BLOCK_SHIFT;
          int size = (int) Math.min(FileBytes.BLOCK_BYTES, offset + length - start);
          long target = address + (start - offset);
          int read = side.read(slot.get(), target, size);
          NativeMemory.zero(target + read, size - read);
        } else if (((block + 1) << FileBytes.BLOCK_SHIFT) <= offset + length
            || offset + length == file.sizeBytes) {
          file.take(block);
        }
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  /** The first byte from {@code offset} on in a changed block that holds data, or -1. */
  long nextChanged(long offset) throws IOException {
    if (offset >= file.sizeBytes) {
      return -1;
    }
    if (!file.whole) {
      long block = file.nextChanged(offset >>> FileBytes.BLOCK_SHIFT);
      return block < 0 ? -1 : Math.max(offset, block << FileBytes.BLOCK_SHIFT);
    }
    Optional<BlockFile> source = backing();
    long found = source.isPresent() ? source.get().nextData(offset) : -1;
    // Asked after the file: what a writer punched or cut meanwhile had been moved before.
    long moved;
    long stamp = inode.lock.readLock();
    try {
      moved = file.nextMoved(offset >>> FileBytes.BLOCK_SHIFT);
    } finally {
      inode.lock.unlockRead(stamp);
    }
    if (moved >= 0 && (found < 0 || moved << FileBytes.BLOCK_SHIFT < found)) {
      found = Math.max(offset, moved << FileBytes.BLOCK_SHIFT);
    }
    return found >= file.sizeBytes ? -1 : found;
  }
}
