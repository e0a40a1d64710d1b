package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.object.DirectoryRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inodes of a working tree: brings them from the database into memory, keeps them there while
 * somebody refers to them and as long as there is room, and takes them out of existence when they
 * have lost their names and the kernel has forgotten them.
 *
 * <p>Thread safe. A load lock is held while an inode comes or goes; beneath it an inode's lock is
 * only tried for.
 */
final class Inodes {
  private static final long RESERVE = 1 << 16;
  private static final int LOAD_LOCKS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(Inodes.class);

  private final WorkingTree tree;
  private final MetaStore metadata;
  private final BackingRecovery recovery;
  private final InodeTable table;

  /** What the kernel knows through all mounts together. */
  private final LookupCounts kernel = new LookupCounts();

  private final Object[] loadLocks = new Object[LOAD_LOCKS];
  private final Object allocation = new Object();

  @GuardedBy("allocation")
  private long next;

  @GuardedBy("allocation")
  private long reserved;

  /**
   * @param first the least count that no number of the tree was made from
   * @param room how many stay in memory though nobody refers to them
   */
  Inodes(WorkingTree tree, long first, int room) {
    this.tree = tree;
    this.table = new InodeTable(room);
    this.metadata = tree.metadata();
    this.recovery = new BackingRecovery(tree);
    this.next = first;
    this.reserved = first;
    for (int i = 0; i < LOAD_LOCKS; i++) {
      loadLocks[i] = new Object();
    }
  }

  /** Key in META of the count from which on a tree's inode numbers were never given out. */
  static byte[] reserveKey(long tree) {
    return ByteBuffer.allocate(15)
        .put("inodes/".getBytes(StandardCharsets.US_ASCII))
        .putLong(tree)
        .array();
  }

  /** A number that was never used. */
  long allocate() {
    synchronized (allocation) {
      if (next == reserved) {
        long reserve = reserved + RESERVE;
        try (MetaBatch batch = metadata.newBatch()) {
          batch.put(Table.META, reserveKey(tree.id()), Keys.number(reserve));
          metadata.write(batch);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        reserved = reserve;
      }
      return tree.id() << Keys.TREE_SHIFT | next++;
    }
  }

  /** Adds the inode's row to the batch. */
  void put(MetaBatch batch, Inode inode) {
    batch.put(Table.INODES, Keys.number(inode.number), InodeCodec.encode(inode, tree.powerEpoch()));
    inode.unsaved = false;
  }

  /** Deletes an inode's rows, but for its marks and names. */
  static void deleteRows(long number, MetaBatch batch) {
    byte[] key = Keys.number(number);
    batch.delete(Table.INODES, key);
    batch.delete(Table.CONTENT, key);
    batch.delete(Table.ORPHANS, key);
    batch.deleteRange(Table.BLOCKS, key, Keys.number(number + 1));
  }

  /** The inode, with one reference for the caller; nothing if there is none of that number. */
  Optional<Inode> acquire(long number) throws IOException {
    return get(number);
  }

  /** As {@link #acquire}, if it is in memory; else null. Allocates nothing. */
  @Nullable Inode inMemory(long number) {
    return table.find(number, 1);
  }

  private Optional<Inode> get(long number) throws IOException {
    Inode known = table.find(number, 1);
    if (known != null) {
      return Optional.of(known);
    }
    synchronized (loadLock(number)) {
      known = table.find(number, 1);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<byte[]> row = metadata.get(Table.INODES, Keys.number(number));
      if (row.isEmpty()) {
        return Optional.empty();
      }
      Inode inode = load(number, row.get());
      table.insert(inode, 1);
      return Optional.of(inode);
    }
  }

  private Inode load(long number, byte[] row) throws IOException {
    Inode inode = new Inode(number);
    int epoch = InodeCodec.decode(row, inode);
    // Which write was the last to concern it is not known any more.
    inode.lastWrite = metadata.lastWrite();
    inode.dropLimits(tree.committedGeneration());
    if (inode.isDirectory()) {
      inode.base = tree.contentOf(number).map(DirectoryRef.class::cast).orElse(DirectoryRef.EMPTY);
    } else if (inode.isRegular() && inode.hasBacking) {
      recovery.recover(inode, epoch);
    }
    return inode;
  }

  private Object loadLock(long number) {
    return loadLocks[(int) number & (LOAD_LOCKS - 1)];
  }

  /** Puts a new inode in memory. */
  void insert(Inode inode, long references) {
    table.insert(inode, references);
  }

  /** One more reference to an inode that the caller holds on to in some way. */
  void retain(Inode inode) {
    table.find(inode.number, 1);
  }

  /** The kernel was told of an inode, which the caller refers to. */
  void kernelTold(Inode inode) {
    kernel.add(inode.number);
  }

  /** The kernel forgets what it was told that often; what has no name may be gone now. */
  void kernelForgot(long number, long count) {
    kernel.remove(number, count);
    if (kernel.get(number) == 0) {
      Inode inode = table.find(number, 1);
      if (inode != null) {
        release(inode, 1);
      }
    }
  }

  /** Whether anybody refers to an inode, or the kernel knows one. */
  boolean inUse() {
    return !kernel.isEmpty() || table.anyReferenced();
  }

  /** As {@link #release(Inode, long)}, of an inode that is in memory by that very reference. */
  void release(long number, long count) {
    Inode inode = table.find(number, 0);
    if (inode == null) {
      throw new IllegalStateException("inode " + number + " left memory while it was held");
    }
    release(inode, count);
  }

  /**
   * Gives references back. The last one takes an inode without a name out of existence, unless the
   * kernel knows it still, or may take some inode out of memory.
   */
  void release(Inode inode, long count) {
    if (!table.release(inode, count)) {
      return;
    }
    // Whoever took the last name away referred to the inode then, and so comes here afterwards.
    if (inode.isNamed() || inode.number == tree.rootNumber()) {
      Inode victim = table.victim(inode.number);
      if (victim != null) {
        evict(victim);
      }
    } else if (kernel.get(inode.number) == 0) {
      end(inode);
    }
  }

  private void end(Inode inode) {
    synchronized (loadLock(inode.number)) {
      if (!table.unreferenced(inode)) {
        return;
      }
      long stamp = inode.lock.tryWriteLock();
      if (stamp == 0) {
        // Somebody has just come; who gives it back last comes here again.
        return;
      }
      try {
        if (!inode.isNamed() && kernel.get(inode.number) == 0) {
          delete(inode);
        }
      } catch (IOException e) {
        LOG.error("inode {} stays in memory: {}", inode.number, e.toString());
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  /** Takes an inode out of memory if nobody refers to it; true if it went. */
  private boolean evict(Inode inode) {
    synchronized (loadLock(inode.number)) {
      if (!table.unreferenced(inode)) {
        return false;
      }
      long stamp = inode.lock.tryWriteLock();
      if (stamp == 0) {
        return false;
      }
      try {
        return inode.isNamed() && leave(inode);
      } catch (IOException e) {
        LOG.error("inode {} stays in memory: {}", inode.number, e.toString());
        return false;
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  /** The end of an inode without a name. */
  private void delete(Inode inode) throws IOException {
    Optional<FileBytes> bytes = inode.isRegular() ? Optional.of(bytesOf(inode)) : Optional.empty();
    if (!table.removeIfUnreferenced(inode)) {
      return;
    }
    try (MetaBatch batch = metadata.newBatch()) {
      deleteRows(inode.number, batch);
      bytes
          .flatMap(FileBytes::leftoverKey)
          .ifPresent(key -> batch.put(Table.ORPHANS, key, new byte[0]));
      if (inode.isDirectory()) {
        batch.deleteRange(Table.NAMES, Keys.number(inode.number), Keys.number(inode.number + 1));
      }
      metadata.write(batch);
    }
    if (bytes.isPresent()) {
      bytes.get().destroy();
    }
  }

  /** Writes times that only memory knows to the database; under the inode's write lock. */
  void saveTimes(Inode inode) throws IOException {
    if (inode.unsaved) {
      try (MetaBatch batch = metadata.newBatch()) {
        put(batch, inode);
        metadata.write(batch);
      }
    }
  }

  private boolean leave(Inode inode) throws IOException {
    saveTimes(inode);
    boolean left = table.removeIfUnreferenced(inode);
    if (left) {
      inode.bytes.ifPresent(FileBytes::close);
    }
    return left;
  }

  /** The content state of a regular file; under its write lock. */
  FileBytes bytesOf(Inode inode) throws IOException {
    if (inode.bytes.isEmpty()) {
      inode.bytes = Optional.of(FileBytes.load(tree, inode));
      inode.allocatedWhenLoaded = -1;
    }
    return inode.bytes.get();
  }

  /** As {@link #bytesOf}, by a caller without the inode's lock. */
  FileBytes loadedBytes(Inode inode) throws IOException {
    long stamp = inode.lock.readLock();
    try {
      if (inode.bytes.isPresent()) {
        return inode.bytes.get();
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    stamp = inode.lock.writeLock();
    try {
      return bytesOf(inode);
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  /** Makes the name of an inode's backing file durable. */
  void syncBackingName(long number) throws IOException {
    tree.blockFiles().syncName(new BlockFiles.Name(tree.id(), number, 0));
  }

  /** Those in memory at some moment. */
  List<Inode> inMemory() {
    return table.all();
  }

  /** Writes what only memory knows to the database; before a clean stop. */
  void save() throws IOException {
    try (MetaBatch batch = metadata.newBatch()) {
      for (Inode inode : table.all()) {
        long stamp = inode.lock.writeLock();
        try {
          if (inode.unsaved) {
            put(batch, inode);
          }
          inode.bytes.ifPresent(FileBytes::close);
        } finally {
          inode.lock.unlockWrite(stamp);
        }
      }
      if (!batch.isEmpty()) {
        metadata.write(batch);
      }
    }
  }
}
