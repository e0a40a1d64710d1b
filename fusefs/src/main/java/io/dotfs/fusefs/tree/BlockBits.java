package io.dotfs.fusefs.tree;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A set of block numbers of one file, in pages of {@link #PAGE_BLOCKS} that exist where something
 * is set. Not thread safe.
 */
final class BlockBits {
  static final int PAGE_SHIFT = 9;
  static final int PAGE_BLOCKS = 1 << PAGE_SHIFT;
  static final int PAGE_WORDS = PAGE_BLOCKS / 64;
  private static final int GROUP_SHIFT = 10;
  private static final int GROUP_PAGES = 1 << GROUP_SHIFT;
  private static final long[] NO_PAGE = {};
  private static final long[][] NO_GROUP = {};
  private static final long[][][] NO_GROUPS = {};

  /** Each group is as long as its last page asks for: most files are small. */
  private long[][][] groups = NO_GROUPS;

  private long count;

  boolean get(long block) {
    long[] words = page((int) (block >>> PAGE_SHIFT));
    int bit = (int) block & (PAGE_BLOCKS - 1);
    return words.length != 0 && (words[bit >>> 6] & 1L << (bit & 63)) != 0;
  }

  /** Whether all blocks from {@code first} to {@code last} (inclusive) are set. */
  boolean all(long first, long last) {
    for (long block = first; block <= last; block++) {
      if (!get(block)) {
        return false;
      }
    }
    return true;
  }

  /** Whether any block from {@code first} to {@code last} (inclusive) is set. */
  boolean any(long first, long last) {
    if (count == 0) {
      return false;
    }
    long block = first;
    while (block <= last) {
      if (page((int) (block >>> PAGE_SHIFT)).length == 0) {
        block = ((block >>> PAGE_SHIFT) + 1) << PAGE_SHIFT;
        continue;
      }
      if (get(block)) {
        return true;
      }
      block++;
    }
    return false;
  }

  /** Sets a block; true if it was not set. */
  boolean set(long block) {
    long[] words = makePage((int) (block >>> PAGE_SHIFT));
    int bit = (int) block & (PAGE_BLOCKS - 1);
    long mask = 1L << (bit & 63);
    if ((words[bit >>> 6] & mask) != 0) {
      return false;
    }
    words[bit >>> 6] |= mask;
    count++;
    return true;
  }

  void clear(long block) {
    if (get(block)) {
      int bit = (int) block & (PAGE_BLOCKS - 1);
      page((int) (block >>> PAGE_SHIFT))[bit >>> 6] &= ~(1L << (bit & 63));
      count--;
    }
  }

  /** The words of a page, not to be changed; empty if nothing of it was ever set. */
  long[] page(int page) {
    int group = page >>> GROUP_SHIFT;
    if (group >= groups.length) {
      return NO_PAGE;
    }
    long[][] pages = groups[group];
    int index = page & (GROUP_PAGES - 1);
    return index < pages.length ? pages[index] : NO_PAGE;
  }

  private long[] makePage(int page) {
    int group = page >>> GROUP_SHIFT;
    if (group >= groups.length) {
      int old = groups.length;
      groups = Arrays.copyOf(groups, Math.max(group + 1, old + old / 2));
      Arrays.fill(groups, old, groups.length, NO_GROUP);
    }
    int index = page & (GROUP_PAGES - 1);
    int pages = groups[group].length;
    if (index >= pages) {
      int grown = Math.min(GROUP_PAGES, Math.max(index + 1, 2 * pages));
      groups[group] = Arrays.copyOf(groups[group], grown);
      Arrays.fill(groups[group], pages, grown, NO_PAGE);
    }
    long[] words = groups[group][index];
    if (words.length == 0) {
      words = new long[PAGE_WORDS];
      groups[group][index] = words;
    }
    return words;
  }

  /** Adds the set bits of {@code words} to page {@code page}. */
  void addPage(int page, long[] words) {
    long[] mine = makePage(page);
    for (int i = 0; i < PAGE_WORDS; i++) {
      count += Long.bitCount(words[i] & ~mine[i]);
      mine[i] |= words[i];
    }
  }

  void addAll(BlockBits other) {
    other.forEachPage(page -> addPage(page, other.page(page)));
  }

  BlockBits copy() {
    BlockBits copy = new BlockBits();
    copy.addAll(this);
    return copy;
  }

  /** Calls for each page with a set block, in ascending order. */
  void forEachPage(IntConsumer action) {
    for (int group = 0; group < groups.length; group++) {
      for (int i = 0; i < groups[group].length; i++) {
        for (long word : groups[group][i]) {
          if (word != 0) {
            action.accept(group << GROUP_SHIFT | i);
            break;
          }
        }
      }
    }
  }

  /** The first set block from {@code block} on, or -1. */
  long next(long block) {
    int firstPage = (int) (block >>> PAGE_SHIFT);
    int bit = (int) block & (PAGE_BLOCKS - 1);
    for (int page = firstPage; page >>> GROUP_SHIFT < groups.length; page++) {
      if ((page & (GROUP_PAGES - 1)) >= groups[page >>> GROUP_SHIFT].length) {
        // The rest of this group is empty.
        page |= GROUP_PAGES - 1;
        bit = 0;
        continue;
      }
      long[] words = page(page);
      if (words.length != 0) {
        for (int i = bit >>> 6; i < PAGE_WORDS; i++) {
          long word = i == bit >>> 6 ? words[i] & -1L << (bit & 63) : words[i];
          if (word != 0) {
            return ((long) page << PAGE_SHIFT) + i * 64L + Long.numberOfTrailingZeros(word);
          }
        }
      }
      bit = 0;
    }
    return -1;
  }

  /** How many blocks are set. */
  long count() {
    return count;
  }
}
