package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;

/**
 * A growing set of ids in flat memory: 43 to 86 bytes each. Open addressing; an id's own bytes are
 * its hash, mixed with a seed so that a peer who chooses ids cannot choose their slots. One thread
 * may add; once nobody adds any more, any number may look.
 */
final class IdSet {
  private static final int WORDS = ObjectId.BYTES / 8;
  private final long seed;
  private long[] words;
  private boolean[] used;
  private int size;

  IdSet(long seed) {
    this.seed = seed;
    words = new long[1024 * WORDS];
    used = new boolean[1024];
  }

  /** Adds an id; returns whether it is new. */
  boolean add(ObjectId id) {
    long[] key = key(id);
    int slot = slot(key);
    if (used[slot]) {
      return false;
    }
    put(slot, key);
    size++;
    if (size > used.length / 4 * 3) {
      grow();
    }
    return true;
  }

  boolean contains(ObjectId id) {
    return used[slot(key(id))];
  }

  int size() {
    return size;
  }

  /** Heap that this set takes. */
  long heapBytes() {
    return (long) used.length * (ObjectId.BYTES + 1);
  }

  private void put(int slot, long[] key) {
    System.arraycopy(key, 0, words, slot * WORDS, WORDS);
    used[slot] = true;
  }

  /** Where the id is or would be. */
  private int slot(long[] key) {
    int mask = used.length - 1;
    long mixed = (key[0] ^ seed) * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (used[slot] && !matches(slot, key)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean matches(int slot, long[] key) {
    for (int i = 0; i < WORDS; i++) {
      if (words[slot * WORDS + i] != key[i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    if (used.length >= 1 << 25) {
      throw new IllegalStateException("more than 25 million objects in one question");
    }
    long[] oldWords = words;
    boolean[] oldUsed = used;
    words = new long[oldWords.length * 2];
    used = new boolean[oldUsed.length * 2];
    long[] key = new long[WORDS];
    for (int i = 0; i < oldUsed.length; i++) {
      if (oldUsed[i]) {
        System.arraycopy(oldWords, i * WORDS, key, 0, WORDS);
        put(slot(key), key);
      }
    }
  }

  private static long[] key(ObjectId id) {
    ByteBuffer bytes = ByteBuffer.wrap(id.toBytes());
    return new long[] {bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()};
  }
}
