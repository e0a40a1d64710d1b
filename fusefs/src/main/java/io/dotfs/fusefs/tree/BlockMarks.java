package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which blocks of a file are in its backing file, which of them are dirty, which dirty ones survive
 * a power cut, and the rows that say so: BLOCKS for what is present, DIRTY for the rest, by
 * generation and page.
 *
 * <p>Guarded by the inode's lock, as {@link FileBytes} is.
 */
final class BlockMarks {
  private static final int COMPLETE_PAGE = -1;
  private static final int PAGE_BYTES = BlockBits.PAGE_WORDS * 8;

  private final WorkingTree tree;
  private final long inode;

  /** The backing file holds every block. */
  private final boolean complete;

  private final BlockBits present = new BlockBits();
  private BlockBits dirty = new BlockBits();

  /** Dirty blocks that survive a power cut. */
  private BlockBits synced = new BlockBits();

  /** Pages with dirty blocks that are not recorded as synced. */
  private BlockBits unsyncedPages = new BlockBits();

  /** The generation under which the dirty blocks are recorded; 0 while there are none. */
  private long generation;

  // The same three of the frozen blocks.
  private long frozenGeneration;
  private BlockBits frozenSynced = new BlockBits();
  private BlockBits frozenUnsyncedPages = new BlockBits();

  private BlockMarks(WorkingTree tree, long inode, boolean complete) {
    this.tree = tree;
    this.inode = inode;
    this.complete = complete;
  }

  /** Of a file that no commit holds: every block is there, and none is recorded. */
  static BlockMarks ofWhole(WorkingTree tree, long inode) {
    return new BlockMarks(tree, inode, true);
  }

  /** Of a file that is as in a commit. */
  static BlockMarks ofUnmodified(WorkingTree tree, long inode) {
    return new BlockMarks(tree, inode, false);
  }

  /**
   * Reads the rows of a file that a commit holds. Those of an earlier power epoch count as far as
   * they were synced.
   */
  static BlockMarks load(WorkingTree tree, long inode) throws IOException {
    BlockBits present = new BlockBits();
    boolean complete = loadPresent(tree, inode, present);
    BlockMarks marks = new BlockMarks(tree, inode, complete);
    marks.present.addAll(present);
    marks.loadDirty();
    return marks;
  }

  private static boolean loadPresent(WorkingTree tree, long inode, BlockBits present)
      throws IOException {
    boolean complete = false;
    byte[] to = Keys.number(inode + 1);
    try (MetaCursor cursor = tree.metadata().cursor(Table.BLOCKS, Keys.number(inode), to)) {
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
    return complete;
  }

  private static MetaCursor dirtyRows(WorkingTree tree, long inode) {
    byte[] from = Keys.marksFrom(Keys.MARK_BLOCKS, inode);
    byte[] to = Keys.marksFrom(Keys.MARK_BLOCKS, inode + 1);
    return tree.metadata().cursor(Table.DIRTY, from, to);
  }

  private void loadDirty() throws IOException {
    try (MetaCursor cursor = dirtyRows(tree, inode)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        long marked = Keys.markedGeneration(key);
        if (!tree.generations().isUncommitted(marked)) {
          continue;
        }
        generation = Math.max(generation, marked);
        int page = Keys.markedPage(key);
        ByteBuffer row = ByteBuffer.wrap(cursor.value());
        boolean thisEpoch = row.getInt() == tree.powerEpoch();
        long[] written = words(row);
        long[] safe = words(row);
        synced.addPage(page, safe);
        dirty.addPage(page, thisEpoch ? written : safe);
        if (!Arrays.equals(written, safe)) {
          unsyncedPages.set(page);
        }
      }
    }
    present.addAll(dirty);
  }

  /** The end in bytes of the last dirty block that is recorded as safe; 0 if none is. */
  static long safeEnd(WorkingTree tree, long inode) throws IOException {
    long end = 0;
    try (MetaCursor cursor = dirtyRows(tree, inode)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (tree.generations().isUncommitted(Keys.markedGeneration(key))) {
          long[] safe = words(ByteBuffer.wrap(cursor.value()).position(4 + PAGE_BYTES));
          for (int bit = BlockBits.PAGE_BLOCKS - 1; bit >= 0; bit--) {
            if ((safe[bit >>> 6] & 1L << (bit & 63)) != 0) {
              long block = ((long) Keys.markedPage(key) << BlockBits.PAGE_SHIFT) + bit;
              end = Math.max(end, (block + 1) << FileBytes.BLOCK_SHIFT);
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

  // ---- questions

  /** Whether the backing file holds every block. */
  boolean isComplete() {
    return complete;
  }

  boolean isPresent(long block) {
    return complete || present.get(block);
  }

  /** Whether all blocks of a range (both ends inclusive) are dirty. */
  boolean areDirty(long first, long last) {
    return dirty.all(first, last);
  }

  long dirtyBlocks() {
    return dirty.count();
  }

  /** Whether a block from {@code first} on was recorded as safe and is not committed yet. */
  boolean anySafeFrom(long first) {
    return synced.next(first) >= 0 || frozenSynced.next(first) >= 0;
  }

  // ---- marking

  /** Records blocks as dirty and present; what was not is added to the batch. */
  void mark(long markGeneration, MetaBatch batch, long first, long last) {
    generation = markGeneration;
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
            Keys.blocksMark(inode, markGeneration, page),
            markRow(dirty.page(page), synced.page(page)));
      }
      if (newlyPresent) {
        batch.put(Table.BLOCKS, Keys.page(inode, page), presentRow(present.page(page)));
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

  /** Adds the row that says that the backing file holds all blocks, if it does. */
  void putComplete(MetaBatch batch) {
    if (complete) {
      batch.put(
          Table.BLOCKS,
          Keys.page(inode, COMPLETE_PAGE),
          ByteBuffer.allocate(4).putInt(tree.powerEpoch()).array());
    }
  }

  // ---- commits

  /** Starts anew with nothing dirty; gives the blocks that were. */
  BlockBits freeze() {
    BlockBits changed = dirty;
    frozenGeneration = generation;
    frozenSynced = synced;
    frozenUnsyncedPages = unsyncedPages;
    dirty = new BlockBits();
    generation = 0;
    synced = new BlockBits();
    unsyncedPages = new BlockBits();
    return changed;
  }

  /** Nothing was committed: what was frozen is dirty again. */
  void abandoned(BlockBits changed) {
    dirty.addAll(changed);
    // A block that was written again since is in the rows of the newer generation too, unsafe.
    frozenUnsyncedPages.forEachPage(
        page -> unsyncedPages.addPage(page, frozenUnsyncedPages.page(page)));
    if (generation == 0) {
      synced = frozenSynced;
      generation = frozenGeneration;
    }
  }

  // ---- durability

  /** Blocks of one generation that a sync is going to make safe. */
  record Unsafe(long generation, BlockBits pages, BlockBits blocks) {}

  /**
   * What a sync of the backing file is going to make safe; taken before it.
   *
   * @param frozen the blocks of a commit under way
   */
  List<Unsafe> takeUnsynced(Optional<BlockBits> frozen) {
    List<Unsafe> parts = new ArrayList<>(2);
    if (frozen.isPresent() && frozenUnsyncedPages.count() > 0) {
      parts.add(new Unsafe(frozenGeneration, frozenUnsyncedPages, frozen.get().copy()));
      frozenUnsyncedPages = new BlockBits();
    }
    if (unsyncedPages.count() > 0) {
      parts.add(new Unsafe(generation, unsyncedPages, dirty.copy()));
      unsyncedPages = new BlockBits();
    }
    return parts;
  }

  /** The sync failed: its blocks are unsynced again. */
  void giveBack(List<Unsafe> parts, Optional<BlockBits> frozen) {
    for (Unsafe part : parts) {
      if (frozen.isPresent() && part.generation() == frozenGeneration) {
        frozenUnsyncedPages.addAll(part.pages());
      } else {
        unsyncedPages.addAll(part.pages());
      }
    }
  }

  /** Records what a sync has made safe, each generation in its own rows. */
  void recordSynced(List<Unsafe> parts, Optional<BlockBits> frozen, MetaBatch batch) {
    for (Unsafe part : parts) {
      if (tree.generations().isUncommitted(part.generation())) {
        // Blocks may have been frozen, or have come back from a commit, since they were taken.
        boolean nowFrozen = frozen.isPresent() && part.generation() == frozenGeneration;
        BlockBits marked = nowFrozen ? frozen.get() : dirty;
        recordSafe(part, marked, nowFrozen ? frozenSynced : synced, batch);
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
            Keys.blocksMark(inode, part.generation(), (int) page),
            markRow(marked.page((int) page), safe.page((int) page)));
      }
    }
  }
}
