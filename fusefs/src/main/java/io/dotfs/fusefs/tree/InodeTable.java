package io.dotfs.fusefs.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of a working tree that are in memory, by number. Segments of open-addressed tables; a
 * look-up allocates nothing. Thread safe; no I/O happens under its locks.
 */
final class InodeTable {
  private static final int SEGMENTS = 64;

  /** How far a look for a victim goes: a few times what is there for each slot. */
  private static final int VICTIM_SLOTS = 16;

  private final Segment[] segments = new Segment[SEGMENTS];
  private final int roomInSegment;

  /**
   * @param room how many inodes may be there before {@link #victim} names one; 0 to have none stay,
   *     used of late or not
   */
  InodeTable(int room) {
    roomInSegment = room / SEGMENTS;
    for (int i = 0; i < SEGMENTS; i++) {
      segments[i] = new Segment();
    }
  }

  private Segment segment(long number) {
    return segments[(int) number & (SEGMENTS - 1)];
  }

  /** The inode if it is in memory; {@code add} is added to its references. */
  @Nullable Inode find(long number, long add) {
    Segment segment = segment(number);
    synchronized (segment) {
      Inode inode = segment.find(number);
      if (inode != null) {
        inode.references += add;
        inode.recentlyUsed = true;
      }
      return inode;
    }
  }

  /** Adds an inode that is not there, with {@code references}. */
  void insert(Inode inode, long references) {
    Segment segment = segment(inode.number);
    synchronized (segment) {
      inode.references = references;
      segment.insert(inode);
    }
  }

  /** Takes references away; true if none is left. */
  boolean release(Inode inode, long count) {
    synchronized (segment(inode.number)) {
      if (inode.references < count) {
        throw new IllegalStateException("inode " + inode.number + " released too often");
      }
      inode.references -= count;
      return inode.references == 0;
    }
  }

  /**
   * An inode that nobody refers to and that was not used of late, if there are too many beside
   * {@code number}; null if not, or if a short look found none.
   */
  @Nullable Inode victim(long number) {
    Segment segment = segment(number);
    synchronized (segment) {
      return segment.used > roomInSegment ? segment.victim(roomInSegment == 0) : null;
    }
  }

  /** Whether anybody refers to any. */
  boolean anyReferenced() {
    for (Segment segment : segments) {
      synchronized (segment) {
        for (Inode inode : segment.slots) {
          if (inode != null && inode.references != 0) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Whether this very inode is there and nobody refers to it. One that was taken out meanwhile may
   * have come back as another object, which says nothing of this one.
   */
  boolean unreferenced(Inode inode) {
    Segment segment = segment(inode.number);
    synchronized (segment) {
      return segment.hasUnreferenced(inode);
    }
  }

  /** Removes the inode if it is {@link #unreferenced}; true if it went. */
  boolean removeIfUnreferenced(Inode inode) {
    Segment segment = segment(inode.number);
    synchronized (segment) {
      boolean goes = segment.hasUnreferenced(inode);
      if (goes) {
        segment.remove(inode.number);
      }
      return goes;
    }
  }

  /** All inodes in memory at some moment. */
  List<Inode> all() {
    List<Inode> all = new ArrayList<>();
    for (Segment segment : segments) {
      synchronized (segment) {
        for (Inode inode : segment.slots) {
          if (inode != null) {
            all.add(inode);
          }
        }
      }
    }
    return all;
  }

  Optional<Inode> lookup(long number) {
    return Optional.ofNullable(find(number, 0));
  }

  /** Linear probing; guarded by itself. */
  private static final class Segment {
    @Nullable Inode[] slots = new Inode[16];
    int used;

    /** Where {@link #victim} goes on: round and round, as the hand of a clock. */
    int hand;

    private static int slot(long number, int mask) {
      return (int) ((number * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    }

    @Nullable Inode find(long number) {
      int mask = slots.length - 1;
      for (int i = slot(number, mask); ; i = (i + 1) & mask) {
        Inode inode = slots[i];
        if (inode == null || inode.number == number) {
          return inode;
        }
      }
    }

    boolean hasUnreferenced(Inode inode) {
      return inode.references == 0 && find(inode.number) == inode;
    }

    @Nullable Inode victim(boolean any) {
      for (int i = 0; i < VICTIM_SLOTS; i++) {
        hand = (hand + 1) & (slots.length - 1);
        Inode inode = slots[hand];
        if (inode != null && inode.references == 0) {
          if (any || !inode.recentlyUsed) {
            return inode;
          }
          inode.recentlyUsed = false;
        }
      }
      return null;
    }

    void insert(Inode inode) {
      if (find(inode.number) != null) {
        throw new IllegalStateException("inode " + inode.number + " is in the table");
      }
      if (2 * (used + 1) > slots.length) {
        grow();
      }
      place(inode);
      used++;
    }

    private void place(Inode inode) {
      int mask = slots.length - 1;
      int i = slot(inode.number, mask);
      while (slots[i] != null) {
        i = (i + 1) & mask;
      }
      slots[i] = inode;
    }

    private void grow() {
      @Nullable Inode[] old = slots;
      slots = new Inode[old.length * 2];
      for (Inode inode : old) {
        if (inode != null) {
          place(inode);
        }
      }
    }

    void remove(long number) {
      int mask = slots.length - 1;
      int i = slot(number, mask);
      while (true) {
        Inode inode = slots[i];
        if (inode == null) {
          return;
        }
        if (inode.number == number) {
          break;
        }
        i = (i + 1) & mask;
      }
      used--;
      // Close the gap, so that no probe sequence is cut.
      int gap = i;
      for (int j = (i + 1) & mask; ; j = (j + 1) & mask) {
        Inode inode = slots[j];
        if (inode == null) {
          break;
        }
        int home = slot(inode.number, mask);
        if (((j - home) & mask) >= ((j - gap) & mask)) {
          slots[gap] = inode;
          gap = j;
        }
      }
      slots[gap] = null;
    }
  }
}
