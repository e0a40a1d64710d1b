package io.dotfs.objectstore.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.object.ObjectId;

/**
 * A set of ids that only grows, by their first eight bytes: 11 to 22 bytes each, at most 32 MiB. It
 * may claim an id that was not added, never deny one that was: beyond its room it claims every id.
 * Any number of threads may use it.
 */
final class PinnedIds {
  private static final int FIRST_SLOTS = 64;
  private static final int MAX_SLOTS = 1 << 22;

  /** Zero where nothing is. */
  @GuardedBy("this")
  private long[] table = new long[0];

  @GuardedBy("this")
  private int size;

  @GuardedBy("this")
  private boolean all;

  private static long key(ObjectId id) {
    return id.prefix() == 0 ? 1 : id.prefix();
  }

  void add(ObjectId id) {
    add(key(id));
  }

  private synchronized void add(long key) {
    if (all) {
      return;
    }
    if (table.length == 0) {
      table = new long[FIRST_SLOTS];
    }
    int slot = slot(table, key);
    if (table[slot] == key) {
      return;
    }
    table[slot] = key;
    size++;
    if (size > table.length / 4 * 3) {
      grow();
    }
  }

  @GuardedBy("this")
  private void grow() {
    if (table.length >= MAX_SLOTS) {
      all = true;
      table = new long[0];
      return;
    }
    long[] larger = new long[2 * table.length];
    for (long key : table) {
      if (key != 0) {
        larger[slot(larger, key)] = key;
      }
    }
    table = larger;
  }

  private static int slot(long[] table, long key) {
    int slot = (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & (table.length - 1);
    while (table[slot] != 0 && table[slot] != key) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  /** Adds everything that {@code other} claims. */
  void addAll(PinnedIds other) {
    long[] theirs;
    boolean everything;
    synchronized (other) {
      theirs = other.table.clone();
      everything = other.all;
    }
    if (everything) {
      synchronized (this) {
        all = true;
        table = new long[0];
      }
    }
    for (long key : theirs) {
      if (key != 0) {
        add(key);
      }
    }
  }

  synchronized boolean contains(ObjectId id) {
    if (all || table.length == 0) {
      return all;
    }
    long key = key(id);
    return table[slot(table, key)] == key;
  }
}
