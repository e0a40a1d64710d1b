package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;

/**
 * A growing set of ids: 43 to 86 bytes each, of which 2 MiB on the heap and, when there are more,
 * all but a bit of each in scratch memory. Open addressing; an id's own bytes are its hash, mixed
 * with a seed so that a peer who chooses ids cannot choose their slots. One thread may add; once
 * nobody adds any more, any number may look.
 */
final class IdSet {
  private static final int FIRST_SLOTS = 1024;
  private static final int MAX_HEAP_SLOTS = 1 << 16;
  private static final int MAX_SLOTS = 1 << 25;
  private final long seed;
  private final Scratch scratch;
  private ByteBuffer table = ByteBuffer.allocate(FIRST_SLOTS * ObjectId.BYTES);
  private long[] used = new long[FIRST_SLOTS / Long.SIZE];
  private int slots = FIRST_SLOTS;
  private int size;

  IdSet(long seed, Scratch scratch) {
    this.seed = seed;
    this.scratch = scratch;
  }

  /**
   * Adds an id; returns whether it is new.
   *
   * @throws StoreException if there is no room for more
   */
  boolean add(ObjectId id) throws StoreException {
    ByteBuffer key = key(id);
    int slot = slot(key);
    if (isUsed(slot)) {
      return false;
    }
    put(slot, key);
    size++;
    if (size > slots / 4 * 3) {
      grow();
    }
    return true;
  }

  boolean contains(ObjectId id) {
    return isUsed(slot(key(id)));
  }

  int size() {
    return size;
  }

  private boolean isUsed(int slot) {
    return (used[slot >>> 6] & 1L << (slot & 63)) != 0;
  }

  private void put(int slot, ByteBuffer key) {
    table.put(slot * ObjectId.BYTES, key, 0, ObjectId.BYTES);
    used[slot >>> 6] |= 1L << (slot & 63);
  }

  /** Where the id is or would be. */
  private int slot(ByteBuffer key) {
    int mask = slots - 1;
    long mixed = (key.getLong(0) ^ seed) * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (isUsed(slot) && !matches(slot, key)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean matches(int slot, ByteBuffer key) {
    int at = slot * ObjectId.BYTES;
    for (int i = 0; i < ObjectId.BYTES; i += Long.BYTES) {
      if (table.getLong(at + i) != key.getLong(i)) {
        return false;
      }
    }
    return true;
  }

  private void grow() throws StoreException {
    if (slots >= MAX_SLOTS) {
      throw new IllegalStateException("more than 25 million objects in one question");
    }
    ByteBuffer oldTable = table;
    int oldSlots = slots;
    long[] oldUsed = used;
    int bytes = 2 * oldSlots * ObjectId.BYTES;
    table = 2 * oldSlots <= MAX_HEAP_SLOTS ? ByteBuffer.allocate(bytes) : scratch.allocate(bytes);
    used = new long[2 * oldUsed.length];
    slots = 2 * oldSlots;
    for (int i = 0; i < oldSlots; i++) {
      if ((oldUsed[i >>> 6] & 1L << (i & 63)) != 0) {
        ByteBuffer key = oldTable.slice(i * ObjectId.BYTES, ObjectId.BYTES);
        put(slot(key), key);
      }
    }
  }

  private static ByteBuffer key(ObjectId id) {
    ByteBuffer key = ByteBuffer.allocate(ObjectId.BYTES);
    id.writeTo(key);
    return key;
  }
}
