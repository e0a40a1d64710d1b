package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final int COMPLETE_PAGE = -1;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int PAGE_BYTES = BlockBits.PAGE_WORDS * 8;
  private static final ThreadLocal<Long> SCRATCH =
      ThreadLocal.withInitial(() -> NativeMemory.allocate(BLOCK_BYTES));

  private final WorkingTree tree;
  private final Inode inode;

  private FileContent base = FileContent.EMPTY;

  /** No commit holds this file. INVARIANT: whole implies complete. */
  private boolean whole = true;

  /** The backing file holds every block. */
  private boolean complete = true;

  private final BlockBits present = new BlockBits();
  private BlockBits dirty = new BlockBits();

  /** Dirty blocks that survive a power cut. */
  private BlockBits synced = new BlockBits();

  /** Pages with dirty blocks that are not recorded as synced. */
  private BlockBits unsyncedPages = new BlockBits();

  /** The generation under which the dirty blocks are recorded; 0 while there are none. */
  private long marksGeneration;

  // The same three of the frozen blocks.
  private long frozenMarksGeneration;
  private BlockBits frozenSynced = new BlockBits();
  private BlockBits frozenUnsyncedPages = new BlockBits();

  private Optional<BlockFile> backing = Optional.empty();
  private Optional<FrozenFile> frozen = Optional.empty();
  private long dirtyBytes;
  private long allocatedBytes = -1;

  /** How often the backing file was cut, since this was made. */
  private long cuts;

  private FileBytes(WorkingTree tree, Inode inode) {
    this.tree = tree;
    this.inode = inode;
  }

  /** The state of a file that was just created. */
  static FileBytes created(WorkingTree tree, Inode inode) {
    return new FileBytes(tree, inode);
  }

  /** The state of a file that is as in {@code content}. */
  static FileBytes unmodified(WorkingTree tree, Inode inode, FileContent content) {
    FileBytes bytes = new FileBytes(tree, inode);
    bytes.base = content;
    bytes.whole = false;
    bytes.complete = false;
    return bytes;
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
      bytes.complete = false;
      if (inode.hasBacking) {
        bytes.loadBlocks();
        bytes.loadMarks();
      }
    }
    if (inode.hasBacking) {
      bytes.backing = Optional.of(tree.blockFiles().open(bytes.backingName(0)));
    }
    bytes.dirtyBytes = bytes.countDirtyBytes();
    return bytes;
  }

  private void loadBlocks() throws IOException {
    byte[] to = Keys.number(inode.number + 1);
    try (MetaCursor cursor = tree.metadata().cursor(Table.BLOCKS, Keys.number(inode.number), to)) {
      while (cursor.next()) {
        int page = ByteBuffer.wrap(cursor.key()).getInt(8);
        ByteBuffer row = ByteBuffer.wrap(cursor.value());
        if (row.getInt() == tree.powerEpoch()) {
          if (page == COMPLETE_PAGE) {
            complete = true;
          } else {
            present.addPage(page, words(row));
          }
        }
      }
    }
  }

  private void loadMarks() throws IOException {
    byte[] from = Keys.marksFrom(Keys.MARK_BLOCKS, inode.number);
    byte[] to = Keys.marksFrom(Keys.MARK_BLOCKS, inode.number + 1);
    try (MetaCursor cursor = tree.metadata().cursor(Table.DIRTY, from, to)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        long generation = Keys.markedGeneration(key);
        if (generation <= tree.committedGeneration()) {
          continue;
        }
        marksGeneration = Math.max(marksGeneration, generation);
        int page = Keys.markedPage(key);
        ByteBuffer row = ByteBuffer.wrap(cursor.value());
        boolean thisEpoch = row.getInt() == tree.powerEpoch();
        long[] marked = words(row);
        long[] safe = words(row);
        synced.addPage(page, safe);
        dirty.addPage(page, thisEpoch ? marked : safe);
        if (!Arrays.equals(marked, safe)) {
          unsyncedPages.set(page);
        }
      }
    }
    present.addAll(dirty);
  }

  /** The end of the last dirty block that is recorded as safe; 0 if none is. */
  static long safeEnd(WorkingTree tree, long inode) throws IOException {
    long end = 0;
    byte[] from = Keys.marksFrom(Keys.MARK_BLOCKS, inode);
    byte[] to = Keys.marksFrom(Keys.MARK_BLOCKS, inode + 1);
    try (MetaCursor cursor = tree.metadata().cursor(Table.DIRTY, from, to)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (Keys.markedGeneration(key) > tree.committedGeneration()) {
          ByteBuffer row = ByteBuffer.wrap(cursor.value()).position(4 + PAGE_BYTES);
          long[] safe = words(row);
          for (int bit = BlockBits.PAGE_BLOCKS - 1; bit >= 0; bit--) {
            if ((safe[bit >>> 6] & 1L << (bit & 63)) != 0) {
              long block = ((long) Keys.markedPage(key) << BlockBits.PAGE_SHIFT) + bit;
              end = Math.max(end, (block + 1) << BLOCK_SHIFT);
              break;
            }
          }
        }
      }
    }
    return end;
  }

  private static long[] words(ByteBuffer row) {
    long[] words = new long[BlockBits.PAGE_WORDS];
    for (int i = 0; i < words.length; i++) {
      words[i] = row.getLong();
    }
    return words;
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

  private boolean isPresent(long block) {
    return complete || present.get(block);
  }

  // ---- reading

  /** Reads up to {@code length} bytes; short only at the end of the file. */
  int read(long offset, int length, long address) throws IOException, StoreException {
    if (offset >= inode.size) {
      return 0;
    }
    int count = (int) Math.min(length, inode.size - offset);
    if (complete) {
      readBacking(offset, count, address);
      return count;
    }
    long end = offset + count;
    long at = offset;
    while (at < end) {
      long block = at >>> BLOCK_SHIFT;
      boolean here = isPresent(block);
      long runEnd = (block + 1) << BLOCK_SHIFT;
      while (runEnd < end && isPresent(runEnd >>> BLOCK_SHIFT) == here) {
        runEnd += BLOCK_BYTES;
      }
      int run = (int) (Math.min(runEnd, end) - at);
      if (here) {
        readBacking(at, run, address + (at - offset));
      } else {
        readBase(base, inode.effectiveLimit(), at, run, address + (at - offset));
      }
      at += run;
    }
    return count;
  }

  private void readBacking(long offset, int length, long address) throws IOException {
    int done = backing.isPresent() ? backing.get().read(address, length, offset) : 0;
    NativeMemory.zero(address + done, length - done);
  }

  private void readBase(FileContent from, long limit, long offset, int length, long address)
      throws StoreException {
    long end = Math.min(offset + length, Math.min(limit, from.sizeBytes()));
    int wanted = (int) Math.max(0, end - offset);
    if (wanted > 0) {
      ByteBuffer target = NativeMemory.buffer(address, wanted);
      int done = tree.fileReader().read(from, offset, target);
      if (done != wanted) {
        throw new IllegalStateException("base of inode " + inode.number + " is too short");
      }
    }
    NativeMemory.zero(address + wanted, length - wanted);
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
    if (tracked() && !dirty.all(first, last)) {
      writeAbsent(file, first, last, offset, length, address);
      mark(generation, batch, first, last);
    }
    flushMarks(batch);
    file.write(address, length, offset);
    allocatedBytes = -1;
  }

  /** Whether a write needs neither the database nor the base nor a copy. */
  boolean isHot(long first, long last) {
    return inode.hasBacking && frozen.isEmpty() && (whole || dirty.all(first, last));
  }

  /** The write of a hot range. */
  void writeHot(long offset, int length, long address) throws IOException {
    backing.orElseThrow().write(address, length, offset);
    allocatedBytes = -1;
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
      if (isPresent(block)) {
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
      readBase(base, inode.effectiveLimit(), start, length, scratch);
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
    tree.putRecord(batch, inode);
    return file;
  }

  /** Records blocks as dirty and present; what was not is added to the batch. */
  private void mark(long generation, MetaBatch batch, long first, long last) {
    marksGeneration = generation;
    long block = first;
    while (block <= last) {
      int page = (int) (block >>> BlockBits.PAGE_SHIFT);
      long pageLast = Math.min(last, ((long) (page + 1) << BlockBits.PAGE_SHIFT) - 1);
      boolean newlyDirty = false;
      boolean newlyPresent = false;
      for (; block <= pageLast; block++) {
        newlyDirty |= dirty.set(block);
        newlyPresent |= !complete && present.set(block);
      }
      if (newlyDirty) {
        unsyncedPages.set(page);
        batch.put(
            Table.DIRTY,
            Keys.blocksMark(inode.number, generation, page),
            markRow(dirty.page(page), synced.page(page)));
      }
      if (newlyPresent) {
        batch.put(Table.BLOCKS, Keys.page(inode.number, page), presentRow(present.page(page)));
      }
    }
  }

  private byte[] markRow(long[] marked, long[] safe) {
    ByteBuffer row = ByteBuffer.allocate(4 + 2 * PAGE_BYTES).putInt(tree.powerEpoch());
    for (int i = 0; i < BlockBits.PAGE_WORDS; i++) {
      row.putLong(marked.length == 0 ? 0 : marked[i]);
    }
    for (int i = 0; i < BlockBits.PAGE_WORDS; i++) {
      row.putLong(safe.length == 0 || marked.length == 0 ? 0 : safe[i] & marked[i]);
    }
    return row.array();
  }

  private byte[] presentRow(long[] words) {
    ByteBuffer row = ByteBuffer.allocate(4 + PAGE_BYTES).putInt(tree.powerEpoch());
    for (long word : words) {
      row.putLong(word);
    }
    return row.array();
  }

  // ---- frozen blocks

  /** Sets blocks aside that a commit has still to read. If that fails, the commit gives way. */
  private void moveAside(long first, long last) {
    if (frozen.isEmpty() || !frozen.get().anyPending(first, last)) {
      return;
    }
    FrozenFile file = frozen.get();
    FrozenTree commit = tree.underway().orElseThrow();
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
    FrozenTree commit = tree.underway().orElseThrow();
    BlockFile old = backing.orElseThrow();
    BlockFiles.Name aside = backingName(commit.generation());
    inode.hasBacking = false;
    inode.cutUnsynced = false;
    inode.size = 0;
    tree.putRecord(batch, inode);
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
        new FrozenFile(whole, dirty, inode.size, base, inode.effectiveLimit(), backing, dirtyBytes);
    frozen = Optional.of(file);
    dirty = new BlockBits();
    dirtyBytes = 0;
    frozenMarksGeneration = marksGeneration;
    frozenSynced = synced;
    frozenUnsyncedPages = unsyncedPages;
    marksGeneration = 0;
    synced = new BlockBits();
    unsyncedPages = new BlockBits();
    return file;
  }

  /** The commit holds the frozen state as {@code content}. */
  void committed(FileContent content) {
    long accounted = frozen.orElseThrow().dirtyBytes;
    base = content;
    whole = false;
    frozen = Optional.empty();
    tree.addDirtyBytes(inode.subdot, -accounted);
    noteDirtyBytes();
  }

  /** Nothing was committed: what was frozen is dirty again. */
  void abandoned() {
    FrozenFile file = frozen.orElseThrow();
    frozen = Optional.empty();
    dirty.addAll(file.changed);
    // A block that was written again since is in the rows of the newer generation too, unsafe.
    frozenUnsyncedPages.forEachPage(
        page -> unsyncedPages.addPage(page, frozenUnsyncedPages.page(page)));
    if (marksGeneration == 0) {
      synced = frozenSynced;
    }
    if (marksGeneration == 0) {
      marksGeneration = frozenMarksGeneration;
    }
    noteDirtyBytes();
    tree.addDirtyBytes(inode.subdot, -file.dirtyBytes);
  }

  Optional<FrozenFile> frozen() {
    return frozen;
  }

  /** Reads frozen bytes for the commit; without the inode's lock, which is taken where needed. */
  void readFrozen(FrozenFile file, long offset, int length, long address)
      throws IOException, StoreException {
    long at = offset;
    long end = offset + length;
    while (at < end) {
      long block = at >>> BLOCK_SHIFT;
      boolean changed = file.isChanged(block);
      long runEnd = (block + 1) << BLOCK_SHIFT;
      while (runEnd < end && file.isChanged(runEnd >>> BLOCK_SHIFT) == changed) {
        runEnd += BLOCK_BYTES;
      }
      int run = (int) (Math.min(runEnd, end) - at);
      if (changed) {
        readChanged(file, at, run, address + (at - offset));
      } else {
        readBase(file.base, file.limit, at, run, address + (at - offset));
      }
      at += run;
    }
  }

  /** Reads what the backing file has, then takes from the side file what moved meanwhile. */
  private void readChanged(FrozenFile file, long offset, int length, long address)
      throws IOException {
    Optional<BlockFile> source;
    long stamp = inode.lock.readLock();
    try {
      source = file.backing;
    } finally {
      inode.lock.unlockRead(stamp);
    }
    int done = source.isPresent() ? source.get().read(address, length, offset) : 0;
    NativeMemory.zero(address + done, length - done);
    stamp = inode.lock.writeLock();
    try {
      long first = offset >>> BLOCK_SHIFT;
      long last = (offset + length - 1) >>> BLOCK_SHIFT;
      for (long block = first; block <= last; block++) {
        Optional<Long> slot = file.movedTo(block);
        if (slot.isPresent()) {
          long start = block << BLOCK_SHIFT;
          int size = (int) Math.min(BLOCK_BYTES, offset + length - start);
          long target = address + (start - offset);
          int read = tree.underway().orElseThrow().sideFile().read(slot.get(), target, size);
          NativeMemory.zero(target + read, size - read);
        } else if (((block + 1) << BLOCK_SHIFT) <= offset + length
            || offset + length == file.sizeBytes) {
          file.take(block);
        }
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  /** The first byte from {@code offset} on in a changed block that holds data, or -1. */
  long nextChanged(FrozenFile file, long offset) throws IOException {
    if (offset >= file.sizeBytes) {
      return -1;
    }
    if (!file.whole) {
      long block = file.nextChanged(offset >>> BLOCK_SHIFT);
      return block < 0 ? -1 : Math.max(offset, block << BLOCK_SHIFT);
    }
    Optional<BlockFile> source;
    long stamp = inode.lock.readLock();
    try {
      source = file.backing;
    } finally {
      inode.lock.unlockRead(stamp);
    }
    long found = source.isPresent() ? source.get().nextData(offset) : -1;
    // Asked after the file: what a writer punched or cut meanwhile had been moved before.
    long moved;
    stamp = inode.lock.readLock();
    try {
      moved = file.nextMoved(offset >>> BLOCK_SHIFT);
    } finally {
      inode.lock.unlockRead(stamp);
    }
    if (moved >= 0 && (found < 0 || moved << BLOCK_SHIFT < found)) {
      found = Math.max(offset, moved << BLOCK_SHIFT);
    }
    return found >= file.sizeBytes ? -1 : found;
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
      tree.putRecord(batch, inode);
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
    long first = newSize >>> BLOCK_SHIFT;
    if (synced.next(first) >= 0 || frozenSynced.next(first) >= 0) {
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
      mark(generation, batch, first, last);
    }
    flushMarks(batch);
    file.allocate(KEEP_SIZE | PUNCH_HOLE, offset, end - offset);
    allocatedBytes = -1;
  }

  private void punchAbsent(BlockFile file, long first, long last, long offset, long end)
      throws IOException, StoreException {
    for (long block = first; block <= last; block++) {
      if (isPresent(block)) {
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
      if (complete) {
        long found = backing.isPresent() ? backing.get().nextData(at) : -1;
        return found < 0 || found >= inode.size ? -1 : found;
      }
      long block = at >>> BLOCK_SHIFT;
      long blockEnd = (block + 1) << BLOCK_SHIFT;
      if (isPresent(block)) {
        long found = backing.isPresent() ? backing.get().nextData(at) : -1;
        if (found >= 0 && found < Math.min(blockEnd, inode.size)) {
          return found;
        }
      } else if (at < Math.min(inode.effectiveLimit(), base.sizeBytes())) {
        long found = tree.fileReader().nextData(base, at);
        if (found < Math.min(blockEnd, Math.min(inode.effectiveLimit(), base.sizeBytes()))) {
          return found;
        }
      }
      at = blockEnd;
    }
    return -1;
  }

  /** SEEK_HOLE: the next offset in a hole, at the latest the end. */
  long nextHole(long offset) throws IOException, StoreException {
    long at = offset;
    while (at < inode.size) {
      if (complete) {
        return backing.isPresent() ? Math.min(inode.size, backing.get().nextHole(at)) : at;
      }
      long block = at >>> BLOCK_SHIFT;
      long blockEnd = Math.min((block + 1) << BLOCK_SHIFT, inode.size);
      if (isPresent(block)) {
        long found = backing.isPresent() ? backing.get().nextHole(at) : at;
        if (found < blockEnd) {
          return found;
        }
      } else {
        long baseEnd = Math.min(inode.effectiveLimit(), base.sizeBytes());
        long found = at >= baseEnd ? at : Math.min(baseEnd, tree.fileReader().nextHole(base, at));
        if (found < blockEnd) {
          return found;
        }
      }
      at = blockEnd;
    }
    return inode.size;
  }

  /** Bytes on the disk, or what they would be for content that is not local. */
  long allocatedBytes() throws IOException {
    long known = allocatedBytes;
    if (known < 0) {
      known = backing.isPresent() && complete ? backing.get().facts().allocatedBytes() : inode.size;
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

  /** Blocks of one generation that a sync is going to make safe. */
  record Unsafe(long generation, BlockBits pages, BlockBits blocks) {}

  /**
   * What a sync is going to make safe; taken before it.
   *
   * @param cuts how often the file had been cut
   */
  record Unsynced(Optional<BlockFile> file, List<Unsafe> parts, long sizeBytes, long cuts) {
    boolean isEmpty() {
      return parts.isEmpty();
    }
  }

  Unsynced takeUnsynced() {
    List<Unsafe> parts = new ArrayList<>(2);
    if (frozen.isPresent() && frozenUnsyncedPages.count() > 0) {
      parts.add(
          new Unsafe(frozenMarksGeneration, frozenUnsyncedPages, frozen.get().changed.copy()));
      frozenUnsyncedPages = new BlockBits();
    }
    if (unsyncedPages.count() > 0) {
      parts.add(new Unsafe(marksGeneration, unsyncedPages, dirty.copy()));
      unsyncedPages = new BlockBits();
    }
    return new Unsynced(backing, parts, inode.size, cuts);
  }

  /** The sync failed: its blocks are unsynced again. */
  void giveBack(Unsynced unsynced) {
    for (Unsafe part : unsynced.parts()) {
      if (frozen.isPresent() && part.generation() == frozenMarksGeneration) {
        frozenUnsyncedPages.addAll(part.pages());
      } else {
        unsyncedPages.addAll(part.pages());
      }
    }
  }

  /** Records what a sync has made safe, each generation in its own rows. */
  void recordSynced(Unsynced unsynced, MetaBatch batch) {
    for (Unsafe part : unsynced.parts()) {
      if (part.generation() > tree.committedGeneration()) {
        // Blocks may have been frozen, or have come back from a commit, since they were taken.
        boolean nowFrozen = frozen.isPresent() && part.generation() == frozenMarksGeneration;
        BlockBits marked = nowFrozen ? frozen.get().changed : dirty;
        BlockBits safe = nowFrozen ? frozenSynced : synced;
        recordSafe(part, marked, safe, batch);
      }
    }
  }

  private void recordSafe(Unsafe part, BlockBits marked, BlockBits safe, MetaBatch batch) {
    for (long page = part.pages().next(0); page >= 0; page = part.pages().next(page + 1)) {
      long[] written = part.blocks().page((int) page);
      if (written.length != 0) {
        safe.addPage((int) page, written);
        batch.put(
            Table.DIRTY,
            Keys.blocksMark(inode.number, part.generation(), (int) page),
            markRow(marked.page((int) page), safe.page((int) page)));
      }
    }
  }

  /** Notes that the backing file itself was synced, with the cuts that it had had by then. */
  void recordSyncedFile(Unsynced unsynced, MetaBatch batch) {
    inode.backingSynced = true;
    if (unsynced.cuts() == cuts) {
      inode.cutUnsynced = false;
      inode.durableSize = unsynced.sizeBytes();
    }
    tree.putRecord(batch, inode);
  }

  /** Adds the row that says that the backing file holds all blocks, if it does. */
  void putComplete(MetaBatch batch) {
    if (complete && inode.hasBacking) {
      batch.put(
          Table.BLOCKS,
          Keys.page(inode.number, COMPLETE_PAGE),
          ByteBuffer.allocate(4).putInt(tree.powerEpoch()).array());
    }
  }

  // ---- accounts

  /** Bytes that differ from the base; none for a file without a name, which no commit takes. */
  long countDirtyBytes() {
    if (inode.links.isEmpty()) {
      return 0;
    }
    if (!tracked()) {
      return inode.size;
    }
    return Math.min(dirty.count() << BLOCK_SHIFT, inode.size);
  }

  /** Brings the tree's account up to date after a change. */
  void noteDirtyBytes() {
    long now = countDirtyBytes();
    if (now != dirtyBytes) {
      tree.addDirtyBytes(inode.subdot, now - dirtyBytes);
      dirtyBytes = now;
    }
  }

  /** Whether {@code file} is the backing file now. */
  boolean isBacking(Optional<BlockFile> file) {
    return file.isPresent() && backing.isPresent() && backing.get() == file.get();
  }

  /** Closes the backing file's descriptor. */
  void close() {
    backing.ifPresent(BlockFile::close);
  }

  /** The file is gone for good: its bytes too, unless a commit wants them still. */
  void destroy() throws IOException {
    if (backing.isPresent()) {
      Optional<FrozenTree> commit = tree.underway();
      if (frozen.isPresent() && !frozen.get().detached && commit.isPresent()) {
        commit.get().owns(backing.get(), backingName(0));
      } else {
        backing.get().close();
        tree.blockFiles().delete(backingName(0));
      }
      backing = Optional.empty();
    }
    tree.addDirtyBytes(inode.subdot, -dirtyBytes);
    dirtyBytes = 0;
  }
}
