package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One node of a file map of fixed blocks ({@code FORMAT.md}, "File map"): up to 64 slots, each a
 * child or a hole. At level 0 a child is a chunk of one block, above it a node one level lower. All
 * slots cover {@link #spanBytes} bytes, the last one what is left.
 *
 * <p>Immutable once built. A decoded node reads its ids out of the payload when asked, so that a
 * look-up allocates one id.
 */
public final class FileNode {
  /** The binary logarithm of the number of slots. */
  public static final int FAN_OUT_LOG2 = 6;

  /** The most slots that a node has. */
  public static final int FAN_OUT = 1 << FAN_OUT_LOG2;

  private static final String WHAT = "file node";
  private static final int VERSION = 1;
  private static final int KIND_FIXED = 0;
  private static final int MAX_SPAN_LOG2 = 62;
  private static final int MIN_BLOCK_LOG2 = 9;
  private static final int MAX_BLOCK_LOG2 = 22;

  private final int level;
  private final int blockLog2;
  private final long lengthBytes;
  private final long present;
  private final ByteBuffer ids;

  private FileNode(int level, int blockLog2, long lengthBytes, long present, ByteBuffer ids) {
    this.level = level;
    this.blockLog2 = blockLog2;
    this.lengthBytes = lengthBytes;
    this.present = present;
    this.ids = ids;
  }

  /** Level of the root of a map of {@code sizeBytes}; -1 if that is one chunk (or nothing). */
  public static int rootLevel(int blockLog2, long sizeBytes) {
    int level = -1;
    int spanLog2 = blockLog2;
    while (sizeBytes > 0 && spanLog2 < Long.SIZE - 1 && (sizeBytes - 1) >>> spanLog2 != 0) {
      level++;
      spanLog2 += FAN_OUT_LOG2;
    }
    return level;
  }

  /** Binary logarithm of the bytes that a whole child of a node at {@code level} covers. */
  public static int spanLog2(int level, int blockLog2) {
    return blockLog2 + FAN_OUT_LOG2 * level;
  }

  /**
   * Decodes a payload, of which views are kept.
   *
   * @throws CorruptObjectException if it is not the canonical form of any node
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static FileNode decode(ByteBuffer payload) throws StoreException {
    CanonicalReader in = new CanonicalReader(WHAT, payload);
    in.version();
    int kind = in.octet();
    if (kind != KIND_FIXED) {
      throw new UnsupportedFormatException("chunking of a file node", kind, KIND_FIXED, KIND_FIXED);
    }
    int blockLog2 = in.number(MIN_BLOCK_LOG2, MAX_BLOCK_LOG2);
    int level = in.number(0, (MAX_SPAN_LOG2 - MIN_BLOCK_LOG2) / FAN_OUT_LOG2);
    if (spanLog2(level, blockLog2) > MAX_SPAN_LOG2) {
      throw in.malformed("level " + level);
    }
    long lengthBytes = in.number();
    long present = in.fixed64();
    long slots = lengthBytes == 0 ? 0 : ((lengthBytes - 1) >>> spanLog2(level, blockLog2)) + 1;
    if (slots < 1 || slots > FAN_OUT) {
      throw in.malformed("length " + lengthBytes + " at level " + level);
    }
    if (present == 0 || (slots < FAN_OUT && present >>> slots != 0)) {
      throw in.malformed("slots " + Long.toHexString(present) + " of " + slots);
    }
    int idBytes = Long.bitCount(present) * ObjectId.BYTES;
    if (in.remaining() != idBytes) {
      throw in.malformed(in.remaining() + " bytes of ids instead of " + idBytes);
    }
    return new FileNode(
        level, blockLog2, lengthBytes, present, payload.slice(in.position(), idBytes));
  }

  /** Assembles nodes. Not thread safe. */
  public static final class Builder {
    private final int level;
    private final int blockLog2;
    private final long lengthBytes;
    private final Optional<ObjectId>[] slots;

    /**
     * Begins a node of holes.
     *
     * @param lengthBytes what the node covers
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Builder(int level, int blockLog2, long lengthBytes) {
      this.level = level;
      this.blockLog2 = blockLog2;
      this.lengthBytes = lengthBytes;
      long count = ((lengthBytes - 1) >>> spanLog2(level, blockLog2)) + 1;
      if (lengthBytes < 1 || count > FAN_OUT) {
        throw new IllegalStateException("length " + lengthBytes + " at level " + level);
      }
      slots = new Optional[(int) count];
      java.util.Arrays.fill(slots, Optional.empty());
    }

    /** How many slots there are. */
    public int slots() {
      return slots.length;
    }

    public Optional<ObjectId> get(int slot) {
      return slots[slot];
    }

    /** Puts a child, or a hole, into a slot. */
    public void set(int slot, Optional<ObjectId> child) {
      slots[slot] = child;
    }

    /** The payload, or nothing if all slots are holes: then so is the node in its parent. */
    public Optional<ByteBuffer> encode() {
      long present = 0;
      for (int i = 0; i < slots.length; i++) {
        if (slots[i].isPresent()) {
          present |= 1L << i;
        }
      }
      if (present == 0) {
        return Optional.empty();
      }
      CanonicalWriter out =
          new CanonicalWriter(32 + Long.bitCount(present) * ObjectId.BYTES)
              .octet(VERSION)
              .octet(KIND_FIXED)
              .number(blockLog2)
              .number(level)
              .number(lengthBytes)
              .fixed64(present);
      for (Optional<ObjectId> slot : slots) {
        slot.ifPresent(out::id);
      }
      return Optional.of(out.toBuffer());
    }
  }

  public int level() {
    return level;
  }

  /** Binary logarithm of the block size. */
  public int blockLog2() {
    return blockLog2;
  }

  /** How many bytes of the file this node covers. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** How many bytes each slot but the last covers. */
  public long spanBytes() {
    return 1L << spanLog2(level, blockLog2);
  }

  /** How many slots there are: 1 to 64. */
  public int slots() {
    return (int) ((lengthBytes - 1) >>> spanLog2(level, blockLog2)) + 1;
  }

  /** The slot that covers the byte at {@code offset} from the node's beginning. */
  public int slotOf(long offset) {
    return (int) (offset >>> spanLog2(level, blockLog2));
  }

  /** How many bytes {@code slot} covers. */
  public long lengthOf(int slot) {
    return Math.min(spanBytes(), lengthBytes - slot * spanBytes());
  }

  /** Whether {@code slot} holds a child. */
  public boolean isPresent(int slot) {
    return (present >>> slot & 1) != 0;
  }

  /** The first slot from {@code slot} on that is present ({@code wanted}) or a hole, or 64. */
  public int nextSlot(int slot, boolean wanted) {
    if (slot >= FAN_OUT) {
      return FAN_OUT;
    }
    long bits = (wanted ? present : ~present) >>> slot;
    return bits == 0 ? FAN_OUT : slot + Long.numberOfTrailingZeros(bits);
  }

  /** The child in {@code slot}; nothing for a hole. */
  public Optional<ObjectId> child(int slot) {
    if (!isPresent(slot)) {
      return Optional.empty();
    }
    int index = Long.bitCount(present & ((1L << slot) - 1));
    return Optional.of(ObjectId.readFrom(ids.slice(index * ObjectId.BYTES, ObjectId.BYTES)));
  }
}
