package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one regular file: blocks in its backing file over the content of the base commit.
 *
 * <p>A block is <em>absent</em> (its bytes are those of the base, zeros beyond its limit),
 * <em>clean</em> (present in the backing file, same as the base), or <em>dirty</em>. A file that no
 * commit holds is {@link #whole}: all blocks are present and dirty, and none is recorded.
 *
 * <p>Orders that survive a killed process: absent blocks get their bytes in the backing file before
 * the database calls them present and dirty; clean blocks are called dirty before they change.
 * After a power cut only what is recorded as synced counts, see {@link #load}.
 *
 * <p>Guarded by the inode's lock: changing methods want the write lock, the others either.
 */
final class FileBytes {
  static final int BLOCK_SHIFT = 14;
  static final int BLOCK_BYTES = 1 << BLOCK_SHIFT;

  /**
   * What the host's file system allocates at a time; where it is another, it is asked more often.
   */
  private static final long PAGE_BYTES = 4096;

  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final ThreadLocal<Long> SCRATCH =
      ThreadLocal.withInitial(() -> NativeMemory.allocate(BLOCK_BYTES));

  private final WorkingTree tree;
  private final Inode inode;

  private FileContent base = FileContent.EMPTY;

  /** No commit holds this file. INVARIANT: then all its blocks are present. */
  private boolean whole = true;

  private BlockMarks marks;
  private Optional<BlockFile> backing = Optional.empty();
  private Optional<FrozenFile> frozen = Optional.empty();
  private long dirtyBytes;

  /** Bytes by which the tree's size accounts for the file: its size for each name. */
  private long namedBytes;

  private long allocatedBytes = -1;

  /** How often the backing file was cut, since this was made. */
  private long cuts;

  private FileBytes(WorkingTree tree, Inode inode) {
    this.tree = tree;
    this.inode = inode;
    this.marks = BlockMarks.ofWhole(tree, inode.number);
  }

  /** The state of a file that was just created. */
  static FileBytes created(WorkingTree tree, Inode inode) {
    return new FileBytes(tree, inode);
  }

  /**
   * Reads the state from the database. Rows of an earlier power epoch count as far as they were
   * synced.
   */
  static FileBytes load(WorkingTree tree, Inode inode) throws IOException {
    FileBytes bytes = new FileBytes(tree, inode);
    Optional<EntryContent> content = tree.contentOf(inode.number);
    if (content.isPresent()) {
      bytes.base = (FileContent) content.get();
      bytes.whole = false;
      bytes.marks =
          inode.hasBacking
              ? BlockMarks.load(tree, inode.number)
              : BlockMarks.ofUnmodified(tree, inode.number);
    }
    if (inode.hasBacking) {
      bytes.backing = Optional.of(tree.blockFiles().open(bytes.backingName(0)));
    }
    bytes.dirtyBytes = bytes.countDirtyBytes();
    bytes.namedBytes = inode.nameCount() * inode.size;
    return bytes;
  }

  private BlockFiles.Name backingName(long version) {
    return new BlockFiles.Name(tree.id(), inode.number, version);
  }

  FileContent base() {
    return base;
  }

  /** Whether blocks have to be recorded when they become dirty. */
  boolean tracked() {
    return !whole || frozen.isPresent();
  }

  /** What absent blocks hold. */
  private BaseBytes baseBytes() {
    return new BaseBytes(tree.fileReader(), base, inode.effectiveLimit());
  }

  // ---- reading

  /** Whether the first and the last byte of a range are in the backing file: most likely all. */
  boolean isLocal(long offset, int length) {
    return marks.isPresent(offset >>> BLOCK_SHIFT)
        && marks.isPresent((offset + length - 1) >>> BLOCK_SHIFT);
  }

  /** Reads up to {@code length} bytes; short only at the end of the file. */
  int read(long offset, int length, long address) throws IOException, StoreException {
    if (offset >= inode.size) {
      return 0;
    }
    int count = (int) Math.min(length, inode.size - offset);
    if (marks.isComplete()) {
      readBacking(offset, count, address);
      return count;
    }
    BaseBytes absent = baseBytes();
    long end = offset + count;
    long at = offset;
    while (at < end) {
      long block = at >>> BLOCK_SHIFT;
      boolean here = marks.isPresent(block);
      long runEnd = (block + 1) << BLOCK_SHIFT;
      while (runEnd < end && marks.isPresent(runEnd >>> BLOCK_SHIFT) == here) {
        runEnd += BLOCK_BYTES;
      }
      int run = (int) (Math.min(runEnd, end) - at);
      if (here) {
        readBacking(at, run, address + (at - offset));
      } else {
        absent.read(at, run, address + (at - offset));
      }
      at += run;
    }
    return count;
  }

  private void readBacking(long offset, int length, long address) throws IOException {
    int done = backing.isPresent() ? backing.get().read(address, length, offset) : 0;
    NativeMemory.zero(address + done, length - done);
  }

  // ---- writing

  /**
   * Writes, except for the inode's attributes: the caller updates size and times afterwards, inside
   * the same generation.
   *
   * @param generation the one that the change belongs to; the inode has been marked for it
   */
  void write(long generation, MetaBatch batch, long offset, int length, long address)
      throws IOException, StoreException {
    long first = offset >>> BLOCK_SHIFT;
    long last = (offset + length - 1) >>> BLOCK_SHIFT;
    moveAside(first, last);
    BlockFile file = materialise(batch);
    if (tracked() && !marks.areDirty(first, last)) {
      writeAbsent(file, first, last, offset, length, address);
      marks.mark(generation, batch, first, last);
    }
    flushMarks(batch);
    file.write(address, length, offset);
    noteAllocated(offset, length);
  }

  /** Whether a write needs neither the database nor the base nor a copy. */
  boolean isHot(long first, long last) {
    return inode.hasBacking && frozen.isEmpty() && (whole || marks.areDirty(first, last));
  }

  /** The write of a hot range. */
  void writeHot(long offset, int length, long address) throws IOException {
    backing.orElseThrow().write(address, length, offset);
    noteAllocated(offset, length);
  }

  /**
   * After a write, before the inode's size follows: a file without holes stays one, and grows by
   * whole pages; of any other the host is asked when somebody wants to know.
   */
  private void noteAllocated(long offset, int length) {
    long full = wholePages(inode.size);
    boolean stays = marks.isComplete() && allocatedBytes == full && offset <= full;
    allocatedBytes = stays ? Math.max(full, wholePages(offset + length)) : -1;
  }

  private static long wholePages(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  private void flushMarks(MetaBatch batch) throws IOException {
    if (!batch.isEmpty()) {
      inode.lastWrite = tree.metadata().write(batch);
    }
  }

  /**
   * Puts bytes of absent blocks into the backing file, where nobody looks before they are marked.
   */
  private void writeAbsent(
      BlockFile file, long first, long last, long offset, int length, long address)
      throws IOException, StoreException {
    for (long block = first; block <= last; block++) {
      if (marks.isPresent(block)) {
        continue;
      }
      long start = block << BLOCK_SHIFT;
      long from = Math.max(offset, start);
      long to = Math.min(offset + length, start + BLOCK_BYTES);
      long filled = Math.min(inode.size, start + BLOCK_BYTES);
      if (from > start || to < filled) {
        fill(file, block);
      }
      file.write(address + (from - offset), (int) (to - from), from);
    }
  }

  /** Copies a block of the base into the backing file, up to the end of the file. */
  private void fill(BlockFile file, long block) throws IOException, StoreException {
    long start = block << BLOCK_SHIFT;
    int length = (int) Math.min(BLOCK_BYTES, inode.size - start);
    if (length > 0) {
      long scratch = SCRATCH.get();
      baseBytes().read(start, length, scratch);
      file.write(scratch, length, start);
    }
  }

  /** Makes the backing file if there is none; the batch records that it exists. */
  private BlockFile materialise(MetaBatch batch) throws IOException {
    if (backing.isPresent()) {
      return backing.get();
    }
    BlockFile file = tree.blockFiles().create(backingName(0));
    if (inode.size > 0) {
      file.truncate(inode.size);
    }
    backing = Optional.of(file);
    inode.hasBacking = true;
    inode.backingSynced = false;
    inode.durableSize = inode.size;
    inode.cutUnsynced = false;
    tree.inodes().put(batch, inode);
    return file;
  }

  // ---- frozen blocks

  /** Sets blocks aside that a commit has still to read. If that fails, the commit gives way. */
  private void moveAside(long first, long last) {
    if (frozen.isEmpty() || !frozen.get().anyPending(first, last)) {
      return;
    }
    FrozenFile file = frozen.get();
    FrozenTree commit = tree.generations().underway().orElseThrow();
    try {
      long scratch = SCRATCH.get();
      for (long block = first; block <= last; block++) {
        if (file.isPending(block)) {
          long start = block << BLOCK_SHIFT;
          int length = (int) Math.min(BLOCK_BYTES, file.sizeBytes - start);
          readBacking(start, length, scratch);
          file.move(block, commit.sideFile().append(scratch, length));
        }
        if (block << BLOCK_SHIFT >= file.sizeBytes) {
          break;
        }
      }
    } catch (IOException e) {
      commit.giveUp(e);
      file.detached = true;
    }
  }

  /** Hands the backing file to the commit under way if that wants any of it. */
  private void detach(MetaBatch batch) throws IOException {
    FrozenFile file = frozen.orElseThrow();
    FrozenTree commit = tree.generations().underway().orElseThrow();
    BlockFile old = backing.orElseThrow();
    BlockFiles.Name aside = backingName(commit.generation());
    inode.hasBacking = false;
    inode.cutUnsynced = false;
    inode.size = 0;
    tree.inodes().put(batch, inode);
    batch.put(Table.ORPHANS, WorkingTree.leftoverKey(aside), new byte[0]);
    flushMarks(batch);
    syncLogBeforeCutting(0);
    tree.blockFiles().rename(old, backingName(0), aside);
    file.backing = Optional.of(old);
    file.detached = true;
    commit.owns(old, aside);
    backing = Optional.empty();
  }

  /** Captures the state at the freeze, and starts anew with nothing dirty. */
  FrozenFile freeze() {
    FrozenFile file =
        new FrozenFile(
            whole, marks.freeze(), inode.size, base, inode.effectiveLimit(), backing, dirtyBytes);
    frozen = Optional.of(file);
    dirtyBytes = 0;
    return file;
  }

  /** The commit holds the frozen state as {@code content}. */
  void committed(FileContent content) {
    long accounted = frozen.orElseThrow().dirtyBytes;
    base = content;
    whole = false;
    frozen = Optional.empty();
    tree.differences().addDirtyBytes(inode.subdot, -accounted);
    noteDirtyBytes();
  }

  /** Nothing was committed: what was frozen is dirty again. */
  void abandoned() {
    FrozenFile file = frozen.orElseThrow();
    frozen = Optional.empty();
    marks.abandoned(file.changed);
    noteDirtyBytes();
    tree.differences().addDirtyBytes(inode.subdot, -file.dirtyBytes);
  }

  Optional<FrozenFile> frozen() {
    return frozen;
  }

  // ---- size and holes

  /** Cuts or grows; the caller records the inode afterwards in the same batch. */
  void truncate(long generation, MetaBatch batch, long newSize) throws IOException {
    boolean cut = newSize < inode.size;
    long durable = durableSize(generation);
    if (cut) {
      if (frozen.isPresent() && !frozen.get().detached && frozen.get().sizeBytes > newSize) {
        if (newSize == 0 && backing.isPresent()) {
          inode.lowerLimit(0, generation);
          detach(batch);
        } else {
          moveAside(newSize >>> BLOCK_SHIFT, (frozen.get().sizeBytes - 1) >>> BLOCK_SHIFT);
        }
      }
      inode.lowerLimit(newSize, generation);
    }
    inode.size = newSize;
    if (cut) {
      inode.durableSize = Math.min(durable, newSize);
    } else if (!inode.cutUnsynced) {
      inode.durableSize = newSize;
    }
    if (backing.isPresent()) {
      // The row comes first and asks to finish the job if this process dies before it is done; the
      // caller's row takes that back. What asks to cut again after a power cut stays until a sync.
      inode.truncating = true;
      inode.cutUnsynced |= cut;
      tree.inodes().put(batch, inode);
      flushMarks(batch);
      if (cut) {
        cuts++;
        syncLogBeforeCutting(newSize);
      }
      backing.get().truncate(newSize);
      inode.truncating = false;
    }
    allocatedBytes = -1;
  }

  /** The size that a power cut would leave, were the next commit not to come. */
  private long durableSize(long generation) {
    if (frozen.isPresent() && inode.limitGeneration != generation) {
      // Not cut since the freeze: the commit is going to hold this much.
      return Math.max(inode.durableSize, frozen.get().sizeBytes);
    }
    if (whole && frozen.isEmpty()) {
      return inode.size;
    }
    return inode.effectiveLimit() == Inode.NO_LIMIT
        ? Math.max(inode.durableSize, base.sizeBytes())
        : inode.durableSize;
  }

  /**
   * The host orders a cut of the backing file and the database's log as it likes. Where a cut takes
   * blocks that were synced, the record of the cut has to be first: else a power cut leaves the
   * blocks recorded and their bytes gone.
   */
  private void syncLogBeforeCutting(long newSize) throws IOException {
    if (marks.anySafeFrom(newSize >>> BLOCK_SHIFT)) {
      tree.metadata().sync(inode.lastWrite);
    }
  }

  /** Makes a range read as zeros, within the file. */
  void punch(long generation, MetaBatch batch, long offset, long end)
      throws IOException, StoreException {
    if (offset >= end) {
      return;
    }
    long first = offset >>> BLOCK_SHIFT;
    long last = (end - 1) >>> BLOCK_SHIFT;
    moveAside(first, last);
    BlockFile file = materialise(batch);
    if (tracked()) {
      punchAbsent(file, first, last, offset, end);
      marks.mark(generation, batch, first, last);
    }
    flushMarks(batch);
    // At the end of the file the block that it ends in is freed as a whole.
    long tail = end >= inode.size ? -end & (BLOCK_BYTES - 1) : 0;
    file.allocate(KEEP_SIZE | PUNCH_HOLE, offset, end + tail - offset);
    allocatedBytes = -1;
  }

  private void punchAbsent(BlockFile file, long first, long last, long offset, long end)
      throws IOException, StoreException {
    for (long block = first; block <= last; block++) {
      if (marks.isPresent(block)) {
        continue;
      }
      long start = block << BLOCK_SHIFT;
      if (start < offset || Math.min(start + BLOCK_BYTES, inode.size) > end) {
        fill(file, block);
      } else {
        file.allocate(KEEP_SIZE | PUNCH_HOLE, start, BLOCK_BYTES);
      }
    }
  }

  /** Reserves space on the disk without changing what is read. */
  void reserve(MetaBatch batch, long offset, long length) throws IOException {
    BlockFile file = materialise(batch);
    flushMarks(batch);
    file.allocate(KEEP_SIZE, offset, length);
    allocatedBytes = -1;
  }

  /** SEEK_DATA: the next offset with data, or -1. */
  long nextData(long offset) throws IOException, StoreException {
    long at = offset;
    while (at < inode.size) {
      long end = marks.isComplete() ? inode.size : blockEnd(at);
      long found;
      if (marks.isPresent(at >>> BLOCK_SHIFT)) {
        found = backing.isPresent() ? backing.get().nextData(at) : -1;
      } else {
        found = baseBytes().nextData(at);
      }
      if (found >= 0 && found < end) {
        return found;
      }
      at = end;
    }
    return -1;
  }

  /** SEEK_HOLE: the next offset in a hole, at the latest the end. */
  long nextHole(long offset) throws IOException, StoreException {
    long at = offset;
    while (at < inode.size) {
      long end = marks.isComplete() ? inode.size : blockEnd(at);
      long found;
      if (marks.isPresent(at >>> BLOCK_SHIFT)) {
        found = backing.isPresent() ? backing.get().nextHole(at) : at;
      } else {
        found = baseBytes().nextHole(at);
      }
      if (found < end) {
        return found;
      }
      at = end;
    }
    return inode.size;
  }

  /** The end of the block of {@code offset}, or of the file if that comes first. */
  private long blockEnd(long offset) {
    return Math.min(((offset >>> BLOCK_SHIFT) + 1) << BLOCK_SHIFT, inode.size);
  }

  /** Bytes on the disk, or what they would be for content that is not local. */
  long allocatedBytes() throws IOException {
    long known = allocatedBytes;
    if (known < 0) {
      known =
          backing.isPresent() && marks.isComplete()
              ? backing.get().facts().allocatedBytes()
              : inode.size;
      if (backing.isEmpty() && whole) {
        known = 0;
      }
      allocatedBytes = known;
    }
    return known;
  }

  /** Applies a modification time that was set to the backing file, which remembers it. */
  void setMtime(long seconds, int nanos) throws IOException {
    if (backing.isPresent()) {
      backing.get().setMtime(seconds, nanos);
    }
  }

  // ---- durability

  /**
   * What a sync is going to make safe; taken before it.
   *
   * @param cuts how often the file had been cut
   */
  record Unsynced(
      Optional<BlockFile> file, List<BlockMarks.Unsafe> parts, long sizeBytes, long cuts) {
    boolean isEmpty() {
      return parts.isEmpty();
    }
  }

  private Optional<BlockBits> frozenBlocks() {
    return frozen.map(file -> file.changed);
  }

  Unsynced takeUnsynced() {
    return new Unsynced(backing, marks.takeUnsynced(frozenBlocks()), inode.size, cuts);
  }

  /** The sync failed: its blocks are unsynced again. */
  void giveBack(Unsynced unsynced) {
    marks.giveBack(unsynced.parts(), frozenBlocks());
  }

  /** Records what a sync has made safe. */
  void recordSynced(Unsynced unsynced, MetaBatch batch) {
    marks.recordSynced(unsynced.parts(), frozenBlocks(), batch);
  }

  /** Notes that the backing file itself was synced, with the cuts that it had had by then. */
  void recordSyncedFile(Unsynced unsynced, MetaBatch batch) {
    inode.backingSynced = true;
    if (unsynced.cuts() == cuts) {
      inode.cutUnsynced = false;
      inode.durableSize = unsynced.sizeBytes();
    }
    tree.inodes().put(batch, inode);
  }

  /** Adds the row that says that the backing file holds all blocks, if it does. */
  void putComplete(MetaBatch batch) {
    if (inode.hasBacking) {
      marks.putComplete(batch);
    }
  }

  // ---- accounts

  /** Bytes that differ from the base; none for a file without a name, which no commit takes. */
  long countDirtyBytes() {
    if (!inode.isNamed()) {
      return 0;
    }
    if (!tracked()) {
      return inode.size;
    }
    return Math.min(marks.dirtyBlocks() << BLOCK_SHIFT, inode.size);
  }

  /** Brings the tree's accounts up to date after a change. */
  void noteDirtyBytes() {
    long named = inode.nameCount() * inode.size;
    if (named != namedBytes) {
      tree.differences().addGrowth(inode.subdot, inode.generation, named - namedBytes);
      namedBytes = named;
    }
    long now = countDirtyBytes();
    if (now != dirtyBytes) {
      tree.differences().addDirtyBytes(inode.subdot, now - dirtyBytes);
      dirtyBytes = now;
    }
  }

  /** A name that the base had all along was found: the accounts have it. */
  void linkFound() {
    namedBytes += inode.size;
  }

  /** Whether {@code file} is the backing file now. */
  boolean isBacking(Optional<BlockFile> file) {
    return file.isPresent() && backing.isPresent() && backing.get() == file.get();
  }

  /** Closes the backing file's descriptor. */
  void close() {
    backing.ifPresent(BlockFile::close);
  }

  /** The key under which {@link WorkingTree#recover} finds the backing file to delete. */
  Optional<byte[]> leftoverKey() {
    return backing.map(file -> WorkingTree.leftoverKey(backingName(0)));
  }

  /**
   * The file is gone for good, by the database's last write: its bytes go too, unless a commit
   * wants them still.
   */
  void destroy() throws IOException {
    if (backing.isPresent()) {
      Optional<FrozenTree> commit = tree.generations().underway();
      if (frozen.isPresent() && !frozen.get().detached && commit.isPresent()) {
        commit.get().owns(backing.get(), backingName(0));
      } else {
        backing.get().close();
        tree.deletions().add(backingName(0), WorkingTree.leftoverKey(backingName(0)));
      }
      backing = Optional.empty();
    }
    tree.differences().addDirtyBytes(inode.subdot, -dirtyBytes);
    dirtyBytes = 0;
  }
}
