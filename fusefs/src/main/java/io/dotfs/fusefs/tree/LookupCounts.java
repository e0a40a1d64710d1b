package io.dotfs.fusefs.tree;

/**
 * A count for each of many inodes, as of the kernel's look-ups, in some 30 bytes an inode. Thread
 * safe.
 */
final class LookupCounts {
  private static final int STRIPES = 64;

  private final Stripe[] stripes = new Stripe[STRIPES];

  LookupCounts() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  private Stripe stripe(long inode) {
    return stripes[(int) inode & (STRIPES - 1)];
  }

  void add(long inode) {
    Stripe stripe = stripe(inode);
    synchronized (stripe) {
      stripe.add(inode, 1);
    }
  }

  /** Takes up to {@code count} away and returns how many there were of them. */
  long remove(long inode, long count) {
    Stripe stripe = stripe(inode);
    synchronized (stripe) {
      return stripe.remove(inode, count);
    }
  }

  /** The count of an inode, 0 for one that is not counted. */
  long get(long inode) {
    Stripe stripe = stripe(inode);
    synchronized (stripe) {
      return stripe.counts[stripe.find(inode)];
    }
  }

  boolean isEmpty() {
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        if (stripe.used > 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** What is done with each count. */
  interface Visitor {
    void visit(long inode, long count);
  }

  /** Takes everything away. */
  void drain(Visitor visitor) {
    for (int i = 0; i < STRIPES; i++) {
      Stripe all = new Stripe();
      synchronized (stripes[i]) {
        all.take(stripes[i]);
      }
      for (int slot = 0; slot < all.numbers.length; slot++) {
        if (all.counts[slot] != 0) {
          visitor.visit(all.numbers[slot], all.counts[slot]);
        }
      }
    }
  }

  /** Linear probing; a slot with count 0 is free. Guarded by itself. */
  private static final class Stripe {
    private static final int FIRST_SLOTS = 16;

    long[] numbers = new long[FIRST_SLOTS];
    int[] counts = new int[FIRST_SLOTS];
    int used;

    private static int home(long number, int mask) {
      return (int) ((number * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    }

    /** The slot of a number, or the free one where it would go. */
    int find(long number) {
      int mask = numbers.length - 1;
      int slot = home(number, mask);
      while (counts[slot] != 0 && numbers[slot] != number) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }

    void add(long number, int count) {
      int slot = find(number);
      if (counts[slot] == 0) {
        if (4 * (used + 1) > 3 * numbers.length) {
          grow();
          slot = find(number);
        }
        numbers[slot] = number;
        used++;
      }
      counts[slot] += count;
    }

    private void grow() {
      long[] oldNumbers = numbers;
      int[] oldCounts = counts;
      numbers = new long[oldNumbers.length * 2];
      counts = new int[oldNumbers.length * 2];
      for (int i = 0; i < oldNumbers.length; i++) {
        if (oldCounts[i] != 0) {
          int slot = find(oldNumbers[i]);
          numbers[slot] = oldNumbers[i];
          counts[slot] = oldCounts[i];
        }
      }
    }

    long remove(long number, long count) {
      int slot = find(number);
      int removed = (int) Math.min(counts[slot], count);
      counts[slot] -= removed;
      if (removed > 0 && counts[slot] == 0) {
        used--;
        closeGap(slot);
      }
      return removed;
    }

    /** Moves what stands behind a freed slot, so that no probe sequence is cut. */
    private void closeGap(int freed) {
      int mask = numbers.length - 1;
      int gap = freed;
      for (int slot = (gap + 1) & mask; counts[slot] != 0; slot = (slot + 1) & mask) {
        int home = home(numbers[slot], mask);
        if (((slot - home) & mask) >= ((slot - gap) & mask)) {
          numbers[gap] = numbers[slot];
          counts[gap] = counts[slot];
          counts[slot] = 0;
          gap = slot;
        }
      }
    }

    void take(Stripe other) {
      numbers = other.numbers;
      counts = other.counts;
      used = other.used;
      other.numbers = new long[FIRST_SLOTS];
      other.counts = new int[FIRST_SLOTS];
      other.used = 0;
    }
  }
}
