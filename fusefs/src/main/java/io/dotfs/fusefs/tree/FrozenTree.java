package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.freeze.Gate;
import io.dotfs.fusefs.freeze.SideFile;
import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;

/**
 * A working tree as it was when a generation ended: what one commit stores. Inodes are set aside
 * one by one, by the first writer that changes one afterwards or by the commit when it gets there,
 * whoever is first.
 *
 * <p>Used by one committer, which ends it with {@link #succeeded} or {@link #abandoned}; writers
 * reach it through their tree.
 */
public final class FrozenTree {
  private static final int MARKS_PER_BATCH = 4096;

  private final WorkingTree tree;
  private final long generation;
  private final SideFile sideFile;
  private final ConcurrentHashMap<Long, FrozenInode> inodes = new ConcurrentHashMap<>();

  /** Taken shared to set an inode aside, so that none is added once the commit ends. */
  private final StampedLock ending = new StampedLock();

  /** Guarded by {@link #ending}, which the checker does not know as a lock. */
  private boolean ended;

  private volatile Optional<IOException> failure = Optional.empty();

  /** A backing file that the live tree no longer has. */
  private record Owned(BlockFile file, BlockFiles.Name name) {}

  @GuardedBy("owned")
  private final List<Owned> owned = new ArrayList<>();

  FrozenTree(WorkingTree tree, long generation) {
    this.tree = tree;
    this.generation = generation;
    this.sideFile =
        new SideFile(
            tree.blockFiles(),
            new BlockFiles.Name(tree.id(), 0, generation),
            FileBytes.BLOCK_BYTES);
  }

  /** The last generation that belongs to the commit. */
  public long generation() {
    return generation;
  }

  SideFile sideFile() {
    return sideFile;
  }

  /** A writer could not set old bytes aside: the commit gives way. */
  void giveUp(IOException reason) {
    failure = Optional.of(reason);
  }

  /**
   * Fails if the commit had to give way to a writer.
   *
   * @throws IOException why
   */
  public void check() throws IOException {
    if (failure.isPresent()) {
      throw new IOException(
          "the commit gave way to a writer: " + failure.get().getMessage(), failure.get());
    }
  }

  void owns(BlockFile file, BlockFiles.Name name) {
    synchronized (owned) {
      owned.add(new Owned(file, name));
    }
  }

  /** Sets an inode's state aside; under its write lock. Keeps the inode in memory. */
  void setAside(Inode inode) throws IOException {
    long stamp = ending.readLock();
    try {
      if (!ended) {
        doSetAside(inode);
      }
    } finally {
      ending.unlockRead(stamp);
    }
  }

  private void doSetAside(Inode inode) throws IOException {
    Optional<FrozenFile> file = Optional.empty();
    if (inode.isRegular()) {
      file = Optional.of(tree.inodes().bytesOf(inode).freeze());
    }
    FrozenInode frozen =
        new FrozenInode(
            inode,
            inode.attributes(),
            new FrozenNames(inode.links, tree.names().more().rows(inode)),
            inode.base,
            ByteName.of(inode.target),
            file);
    tree.inodes().retain(inode);
    inode.frozen = Optional.of(frozen);
    inodes.put(inode.number, frozen);
  }

  /** How many inodes the commit looked at or writers changed. */
  public int inodeCount() {
    return inodes.size();
  }

  /**
   * An inode as it was, or nothing if it was gone.
   *
   * @throws IOException if it cannot be read
   */
  public Optional<FrozenInode> inode(long number) throws IOException {
    FrozenInode known = inodes.get(number);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Inode> live = tree.inodes().acquire(number);
    if (live.isEmpty()) {
      return Optional.empty();
    }
    Inode inode = live.get();
    try {
      long stamp = inode.lock.writeLock();
      try {
        if (inode.frozen.isEmpty()) {
          setAside(inode);
        }
        return inode.frozen;
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    } finally {
      tree.inodes().release(inode, 1);
    }
  }

  /**
   * What changed: numbers of inodes, and by directory the names with the inode there now (or 0).
   */
  public record Changes(TreeSet<Long> inodes, SortedMap<Long, TreeMap<ByteName, Long>> names) {}

  /** Collects the marks of all generations up to the frozen one. O(changed). */
  public Changes changes() throws IOException {
    Changes changes = new Changes(new TreeSet<>(), new TreeMap<>());
    scan(
        Keys.MARK_INODE,
        (key, value) -> {
          if (isNew(key)) {
            changes.inodes().add(Keys.markedInode(key));
          }
        });
    scan(
        Keys.MARK_NAME,
        (key, value) -> {
          if (isNew(key)) {
            long directory = Keys.markedInode(key);
            ByteName name = ByteName.of(Keys.markedName(key));
            long target = Keys.get(value, 0);
            // Generations come in ascending order, so the last word wins.
            changes.names().computeIfAbsent(directory, d -> new TreeMap<>()).put(name, target);
          }
        });
    return changes;
  }

  private boolean isNew(byte[] mark) {
    return tree.generations().isUncommitted(Keys.markedGeneration(mark));
  }

  private interface Marks<E extends Exception> {
    void found(byte[] key, byte[] value) throws IOException, E;
  }

  /** Goes through the marks of one kind up to the frozen generation. */
  private <E extends Exception> void scan(byte kind, Marks<E> marks) throws IOException, E {
    long upTo = Gate.DISABLED ? Long.MAX_VALUE : generation;
    byte[] from = Keys.marksFrom(tree.id(), kind);
    byte[] to = Keys.marksTo(tree.id(), kind);
    try (MetaCursor cursor = tree.metadata().cursor(Table.DIRTY, from, to)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (Keys.markedGeneration(key) <= upTo) {
          marks.found(key, cursor.value());
        }
      }
    }
  }

  /** Adds the row by which an inode takes its content from the commit once that is done. */
  public void putContent(MetaBatch batch, FrozenInode frozen, EntryContent content)
      throws IOException {
    Optional<EntryContent> now = tree.contentOf(frozen.inode().number);
    batch.put(
        Table.CONTENT,
        Keys.number(frozen.inode().number),
        new ContentRow(now, generation, Optional.of(content)).encode());
    if (frozen.file().isPresent()) {
      long stamp = frozen.inode().lock.readLock();
      try {
        tree.inodes().bytesOf(frozen.inode()).putComplete(batch);
      } finally {
        frozen.inode().lock.unlockRead(stamp);
      }
    }
  }

  private FrozenBytes bytes(FrozenInode frozen) {
    return new FrozenBytes(tree, frozen.inode(), frozen.file().orElseThrow(), sideFile);
  }

  /** The first byte from {@code offset} on that the commit may not take from the base, or -1. */
  public long nextChanged(FrozenInode frozen, long offset) throws IOException {
    return bytes(frozen).nextChanged(offset);
  }

  /** Reads frozen bytes of a regular file into native memory, zeros beyond its end. */
  public void read(FrozenInode frozen, long offset, int length, long address)
      throws IOException, StoreException {
    bytes(frozen).read(offset, length, address);
  }

  /**
   * After the commit is durable: live inodes take its content as their base, and what it needed is
   * dropped.
   */
  void succeeded(Map<Long, EntryContent> contents) throws IOException {
    end();
    for (FrozenInode frozen : inodes.values()) {
      Inode inode = frozen.inode();
      long stamp = inode.lock.writeLock();
      try {
        Optional<EntryContent> content = Optional.ofNullable(contents.get(inode.number));
        if (content.isPresent()) {
          if (inode.isDirectory()) {
            inode.base = (DirectoryRef) content.get();
          } else if (inode.isRegular()) {
            tree.inodes().bytesOf(inode).committed((FileContent) content.get());
          }
        } else if (inode.isRegular() && frozen.file().isPresent()) {
          tree.inodes().bytesOf(inode).abandoned();
        }
        inode.dropLimits(generation);
        inode.frozen = Optional.empty();
        // The commit has its exact time, so that must not be lost with this process.
        tree.inodes().saveTimes(inode);
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  /** Nothing was committed: everything is as dirty as before. */
  void abandoned() throws IOException {
    end();
    for (FrozenInode frozen : inodes.values()) {
      Inode inode = frozen.inode();
      long stamp = inode.lock.writeLock();
      try {
        if (frozen.file().isPresent()) {
          tree.inodes().bytesOf(inode).abandoned();
        }
        inode.frozen = Optional.empty();
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  private void end() {
    long stamp = ending.writeLock();
    ended = true;
    ending.unlockWrite(stamp);
  }

  /** Lets inodes go, deletes side files; with {@code committed}, dead marks and whiteouts too. */
  void dispose(boolean committed) throws IOException, StoreException {
    for (FrozenInode frozen : inodes.values()) {
      frozen.names().close();
      tree.inodes().release(frozen.inode(), 1);
    }
    inodes.clear();
    sideFile.close();
    synchronized (owned) {
      for (Owned file : owned) {
        file.file().close();
        tree.deletions().add(file.name(), WorkingTree.leftoverKey(file.name()));
      }
      owned.clear();
    }
    if (committed) {
      scan(Keys.MARK_NAME, this::dropWhiteout);
      for (byte kind : new byte[] {Keys.MARK_INODE, Keys.MARK_NAME, Keys.MARK_BLOCKS}) {
        deleteMarks(kind);
      }
    }
  }

  /** Of a name that was removed: the commit does not have it, so nothing need hide it. */
  private void dropWhiteout(byte[] mark, byte[] target) throws IOException, StoreException {
    if (Keys.get(target, 0) == 0) {
      long directory = Keys.markedInode(mark);
      tree.names().dropWhiteout(new Link(directory, ByteName.of(Keys.markedName(mark))));
    }
  }

  private void deleteMarks(byte kind) throws IOException {
    try (MetaBatch batch = tree.metadata().newBatch()) {
      int[] pending = {0};
      scan(
          kind,
          (key, value) -> {
            batch.delete(Table.DIRTY, key);
            if (++pending[0] % MARKS_PER_BATCH == 0) {
              tree.metadata().write(batch);
            }
          });
      if (!batch.isEmpty()) {
        tree.metadata().write(batch);
      }
    }
  }
}
