package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EFBIG;
import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EISDIR;
import static io.dotfs.fusefs.vfs.Errno.ENODEV;
import static io.dotfs.fusefs.vfs.Errno.ENXIO;
import static io.dotfs.fusefs.vfs.Errno.EOPNOTSUPP;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** The operations on the bytes of files. */
final class FileOps {
  /** ext4's limit with 4 KiB blocks; backing files lie on such file systems. */
  static final long MAX_FILE_BYTES = (1L << 44) - 4096;

  private static final int S_ISUID = 04000;
  private static final int S_ISGID = 02000;
  private static final int S_IXGRP = 010;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 16;
  private static final int COPY_BYTES = 1 << 20;

  private final WorkingTree tree;

  FileOps(WorkingTree tree) {
    this.tree = tree;
  }

  private static void checkRegular(Inode inode) throws FileSystemException {
    if (!inode.isRegular()) {
      throw FileSystemException.of(inode.isDirectory() ? EISDIR : EINVAL);
    }
  }

  int read(RequestContext context, Inode inode, long offset, int size, long address)
      throws FileSystemException, IOException, StoreException {
    checkRegular(inode);
    FileBytes bytes = tree.inodes().loadedBytes(inode);
    long stamp = inode.lock.readLock();
    try {
      if (!bytes.isLocal(offset, size)) {
        context.aboutToBlock();
      }
      return bytes.read(offset, size, address);
    } finally {
      inode.lock.unlockRead(stamp);
    }
  }

  int write(
      RequestContext context, Inode inode, long offset, int size, long address, boolean killSuidGid)
      throws FileSystemException, IOException, StoreException {
    checkRegular(inode);
    if (size == 0) {
      return 0;
    }
    if (offset >= MAX_FILE_BYTES) {
      throw FileSystemException.of(EFBIG);
    }
    int count = (int) Math.min(size, MAX_FILE_BYTES - offset);
    tree.checkSpace();
    long stamp = inode.lock.writeLock();
    try {
      FileBytes bytes = tree.inodes().bytesOf(inode);
      long generation = tree.gate().enter();
      try {
        boolean clearsBits = killSuidGid && hasSetIdBits(inode);
        long first = offset >>> FileBytes.BLOCK_SHIFT;
        long last = (offset + count - 1) >>> FileBytes.BLOCK_SHIFT;
        if (inode.generation == generation && !clearsBits && bytes.isHot(first, last)) {
          bytes.writeHot(offset, count, address);
        } else {
          writeCold(inode, bytes, generation, clearsBits, offset, count, address);
        }
        if (offset + count > inode.size) {
          inode.size = offset + count;
        }
        Instant now = tree.clock().instant();
        inode.setMtime(now.getEpochSecond(), now.getNano());
        inode.setCtime(inode.mtimeSeconds, inode.mtimeNanos);
        inode.unsaved = true;
        bytes.noteDirtyBytes();
        return count;
      } finally {
        tree.gate().exit(generation);
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  private void writeCold(
      Inode inode,
      FileBytes bytes,
      long generation,
      boolean clearsBits,
      long offset,
      int count,
      long address)
      throws IOException, StoreException {
    boolean done = false;
    try (MetaBatch batch = tree.metadata().newBatch()) {
      tree.generations().touch(inode, generation, batch);
      if (clearsBits) {
        clearSetIdBits(inode);
        tree.inodes().put(batch, inode);
      }
      bytes.write(generation, batch, offset, count, address);
      done = true;
    } finally {
      if (!done) {
        failed(inode);
      }
    }
  }

  /** After a failed change: what is marked is what the database says. */
  void failed(Inode inode) {
    tree.generations().unmark(inode);
    if (inode.bytes.isPresent() && inode.bytes.get().frozen().isEmpty()) {
      inode.bytes.get().close();
      inode.bytes = Optional.empty();
    }
  }

  static boolean hasSetIdBits(Inode inode) {
    return (inode.mode & S_ISUID) != 0 || (inode.mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
  }

  static void clearSetIdBits(Inode inode) {
    inode.mode &= ~S_ISUID;
    if ((inode.mode & S_IXGRP) != 0) {
      inode.mode &= ~S_ISGID;
    }
  }

  /** Cuts or grows a file; the caller holds the lock and is inside the gate. */
  void truncate(Inode inode, long generation, MetaBatch batch, long size) throws IOException {
    FileBytes bytes = tree.inodes().bytesOf(inode);
    bytes.truncate(generation, batch, size);
    bytes.noteDirtyBytes();
  }

  static void checkSize(Inode inode, long size) throws FileSystemException {
    checkRegular(inode);
    if (size < 0) {
      throw FileSystemException.of(EINVAL);
    }
    if (size > MAX_FILE_BYTES) {
      throw FileSystemException.of(EFBIG);
    }
  }

  /** Makes a file durable: data and size, with its name and attributes unless {@code dataOnly}. */
  void fsync(Inode inode, boolean dataOnly) throws IOException {
    if (inode.isRegular()) {
      syncData(inode);
    }
    long write;
    long stamp = inode.lock.writeLock();
    try {
      if (inode.unsaved && (!dataOnly || !inode.hasBacking) && !inode.isRegular()) {
        save(inode);
      }
      write = inode.lastWrite;
    } finally {
      inode.lock.unlockWrite(stamp);
    }
    tree.metadata().sync(write);
  }

  private void save(Inode inode) throws IOException {
    try (MetaBatch batch = tree.metadata().newBatch()) {
      tree.inodes().put(batch, inode);
      inode.lastWrite = tree.metadata().write(batch);
    }
  }

  /**
   * Syncs the backing file and records what that made safe. Size and modification time are safe in
   * the backing file itself.
   */
  void syncData(Inode inode) throws IOException {
    boolean recorded = false;
    while (!recorded) {
      FileBytes bytes = tree.inodes().loadedBytes(inode);
      // One at a time: whoever finds nothing to record must not return before it is recorded.
      synchronized (bytes) {
        recorded = syncData(inode, bytes);
      }
    }
  }

  /** As {@link #syncData(Inode)}; false if the state was read anew meanwhile, after a failure. */
  private boolean syncData(Inode inode, FileBytes bytes) throws IOException {
    FileBytes.Unsynced unsynced;
    boolean unrecorded;
    boolean recordFile;
    long stamp = inode.lock.writeLock();
    try {
      unsynced = bytes.takeUnsynced();
      unrecorded = inode.hasBacking && !inode.backingSynced;
      // A file that no commit holds is what its backing file is: nothing to record.
      recordFile = (unrecorded || inode.cutUnsynced) && bytes.tracked();
    } finally {
      inode.lock.unlockWrite(stamp);
    }
    boolean done = false;
    try {
      if (unsynced.file().isPresent()) {
        unsynced.file().get().sync();
        if (unrecorded) {
          tree.inodes().syncBackingName(inode.number);
        }
      }
      done = true;
    } finally {
      if (!done) {
        stamp = inode.lock.writeLock();
        bytes.giveBack(unsynced);
        inode.lock.unlockWrite(stamp);
      }
    }
    if (!recordFile && unsynced.isEmpty()) {
      return true;
    }
    stamp = inode.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      if (inode.bytes.isEmpty() || inode.bytes.get() != bytes) {
        return false;
      }
      bytes.recordSynced(unsynced, batch);
      if (recordFile && bytes.isBacking(unsynced.file())) {
        bytes.recordSyncedFile(unsynced, batch);
      }
      if (!batch.isEmpty()) {
        inode.lastWrite = tree.metadata().write(batch);
      }
      return true;
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  void fallocate(Inode inode, long offset, long length, int mode)
      throws FileSystemException, IOException, StoreException {
    if (!inode.isRegular()) {
      throw FileSystemException.of(inode.isDirectory() ? EISDIR : ENODEV);
    }
    if (offset < 0 || length <= 0) {
      throw FileSystemException.of(EINVAL);
    }
    boolean keepSize = (mode & KEEP_SIZE) != 0;
    boolean punch = (mode & PUNCH_HOLE) != 0;
    boolean zero = (mode & ZERO_RANGE) != 0;
    if ((mode & ~(KEEP_SIZE | PUNCH_HOLE | ZERO_RANGE)) != 0 || (punch && (!keepSize || zero))) {
      throw FileSystemException.of(EOPNOTSUPP);
    }
    if (offset > MAX_FILE_BYTES - length) {
      throw FileSystemException.of(EFBIG);
    }
    if (!punch) {
      tree.checkSpace();
    }
    long stamp = inode.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      FileBytes bytes = tree.inodes().bytesOf(inode);
      long generation = tree.gate().enter();
      boolean done = false;
      try {
        tree.generations().touch(inode, generation, batch);
        long end = offset + length;
        if (punch || zero) {
          bytes.punch(generation, batch, offset, Math.min(end, inode.size));
        }
        if (!punch) {
          bytes.reserve(batch, offset, length);
        }
        if (!keepSize && end > inode.size) {
          bytes.truncate(generation, batch, end);
        }
        clearSetIdBits(inode);
        Instant now = tree.clock().instant();
        inode.setMtime(now.getEpochSecond(), now.getNano());
        bytes.setMtime(inode.mtimeSeconds, inode.mtimeNanos);
        inode.setCtime(now.getEpochSecond(), now.getNano());
        tree.inodes().put(batch, inode);
        inode.lastWrite = tree.metadata().write(batch);
        bytes.noteDirtyBytes();
        done = true;
      } finally {
        if (!done) {
          failed(inode);
        }
        tree.gate().exit(generation);
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  long lseek(Inode inode, long offset, int whence)
      throws FileSystemException, IOException, StoreException {
    checkRegular(inode);
    FileBytes bytes = tree.inodes().loadedBytes(inode);
    long stamp = inode.lock.readLock();
    try {
      if (offset < 0 || offset >= inode.size) {
        throw FileSystemException.of(ENXIO);
      }
      long found;
      if (whence == SEEK_DATA) {
        found = bytes.nextData(offset);
      } else if (whence == SEEK_HOLE) {
        found = bytes.nextHole(offset);
      } else {
        throw FileSystemException.of(EINVAL);
      }
      if (found < 0) {
        throw FileSystemException.of(ENXIO);
      }
      return found;
    } finally {
      inode.lock.unlockRead(stamp);
    }
  }

  /** Copies through memory, at most a mebibyte a call: the caller asks again for the rest. */
  long copy(RequestContext context, Inode in, long offsetIn, Inode out, long offsetOut, long length)
      throws FileSystemException, IOException, StoreException {
    checkRegular(in);
    checkRegular(out);
    int wanted = (int) Math.min(length, COPY_BYTES);
    if (wanted == 0) {
      return 0;
    }
    long buffer = NativeMemory.allocate(wanted);
    try {
      int count = read(context, in, offsetIn, wanted, buffer);
      return count == 0 ? 0 : write(context, out, offsetOut, count, buffer, true);
    } finally {
      NativeMemory.free(buffer);
    }
  }

  /**
   * Bytes that the file takes on the disk. A listing asks this of files that nobody opens: their
   * content state is not loaded for it if it can be known without.
   */
  long allocatedBytes(Inode inode) throws IOException {
    long stamp = inode.lock.readLock();
    try {
      if (inode.bytes.isPresent()) {
        return inode.bytes.get().allocatedBytes();
      }
      if (inode.allocatedWhenLoaded < 0 && !inode.hasBacking) {
        // Whoever comes here at the same time writes the same.
        inode.allocatedWhenLoaded = tree.contentOf(inode.number).isPresent() ? inode.size : 0;
      }
      if (inode.allocatedWhenLoaded >= 0) {
        return inode.allocatedWhenLoaded;
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    FileBytes bytes = tree.inodes().loadedBytes(inode);
    stamp = inode.lock.readLock();
    try {
      return bytes.allocatedBytes();
    } finally {
      inode.lock.unlockRead(stamp);
    }
  }

  /** An errno where an operation that changes data would go wrong for sure. */
  static Optional<Integer> errnoOf(IOException failure) {
    return failure instanceof io.dotfs.fusefs.overlay.ErrnoException errno
        ? Optional.of(errno.errno())
        : Optional.empty();
  }
}
