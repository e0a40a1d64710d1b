package io.dotfs.objectstore.object;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The name of an object: the SHA-256 of its type, length and canonical payload ({@code FORMAT.md}).
 *
 * <p>An immutable value of 32 bytes, ordered as unsigned bytes, which is also the order of its
 * lower-case hex. Held as four words rather than as an array, so that a million of them cost 48 MB.
 */
public final class ObjectId implements Comparable<ObjectId> {
  /** Length of an id in bytes. */
  public static final int BYTES = 32;

  /** Length of an id in hex digits. */
  public static final int HEX_DIGITS = 2 * BYTES;

  private final long word0;
  private final long word1;
  private final long word2;
  private final long word3;

  private ObjectId(long word0, long word1, long word2, long word3) {
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
  }

  /**
   * Reads an id from the next 32 bytes of {@code source}, whatever its byte order, and consumes
   * them.
   */
  public static ObjectId readFrom(ByteBuffer source) {
    if (source.order() == ByteOrder.BIG_ENDIAN) {
      return new ObjectId(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }
    return new ObjectId(
        Long.reverseBytes(source.getLong()),
        Long.reverseBytes(source.getLong()),
        Long.reverseBytes(source.getLong()),
        Long.reverseBytes(source.getLong()));
  }

  /**
   * Makes an id of exactly 32 bytes.
   *
   * @throws IllegalArgumentException if {@code bytes} has another length
   */
  public static ObjectId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("an object id has 32 bytes, not " + bytes.length);
    }
    return readFrom(ByteBuffer.wrap(bytes));
  }

  /**
   * Parses 64 hex digits of either case.
   *
   * @throws IllegalArgumentException if {@code hex} is anything else
   */
  public static ObjectId fromHex(CharSequence hex) {
    if (hex.length() != HEX_DIGITS) {
      throw new IllegalArgumentException("an object id has 64 hex digits, not " + hex.length());
    }
    return of(HexFormat.of().parseHex(hex));
  }

  /** Appends the 32 bytes to {@code target}, whatever its byte order. */
  public void writeTo(ByteBuffer target) {
    boolean big = target.order() == ByteOrder.BIG_ENDIAN;
    target.putLong(big ? word0 : Long.reverseBytes(word0));
    target.putLong(big ? word1 : Long.reverseBytes(word1));
    target.putLong(big ? word2 : Long.reverseBytes(word2));
    target.putLong(big ? word3 : Long.reverseBytes(word3));
  }

  /** Returns a new array of the 32 bytes. */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    writeTo(buffer);
    return buffer.array();
  }

  /** Returns the 64 lower-case hex digits. */
  public String toHex() {
    return HexFormat.of().formatHex(toBytes());
  }

  /** The first byte, 0 to 255: the slot of an index's fan-out table. */
  public int firstByte() {
    return (int) (word0 >>> 56);
  }

  /** The first eight bytes as a big-endian number; compare with {@link Long#compareUnsigned}. */
  public long prefix() {
    return word0;
  }

  @Override
  public int compareTo(ObjectId other) {
    int order = Long.compareUnsigned(word0, other.word0);
    if (order == 0) {
      order = Long.compareUnsigned(word1, other.word1);
    }
    if (order == 0) {
      order = Long.compareUnsigned(word2, other.word2);
    }
    return order != 0 ? order : Long.compareUnsigned(word3, other.word3);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof ObjectId other
        && word0 == other.word0
        && word1 == other.word1
        && word2 == other.word2
        && word3 == other.word3;
  }

  @Override
  public int hashCode() {
    // The bytes of a digest are uniformly distributed: any 32 bits will do.
    return (int) word1;
  }

  /** The hex form. */
  @Override
  public String toString() {
    return toHex();
  }
}
