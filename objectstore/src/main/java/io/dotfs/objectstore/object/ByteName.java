package io.dotfs.objectstore.object;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable string of raw bytes: a file name, a symlink's target, the name or value of an
 * extended attribute. Names on Linux are bytes, not text. Ordered as unsigned bytes.
 */
public final class ByteName implements Comparable<ByteName> {
  /** No bytes at all. */
  public static final ByteName EMPTY = new ByteName(new byte[0]);

  private final byte[] bytes;
  private int hash;

  private ByteName(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}. */
  public static ByteName of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteName(bytes.clone());
  }

  /** Copies what {@code source} holds from position to limit; its position stays. */
  public static ByteName of(ByteBuffer source) {
    if (!source.hasRemaining()) {
      return EMPTY;
    }
    byte[] copy = new byte[source.remaining()];
    source.get(source.position(), copy);
    return new ByteName(copy);
  }

  /** The UTF-8 form of {@code text}. */
  public static ByteName of(String text) {
    return text.isEmpty() ? EMPTY : new ByteName(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Length in bytes. */
  public int length() {
    return bytes.length;
  }

  /** The byte at {@code index}, from 0. */
  public byte at(int index) {
    return bytes[index];
  }

  /** Whether {@code value} is one of the bytes. */
  public boolean contains(byte value) {
    for (byte b : bytes) {
      if (b == value) {
        return true;
      }
    }
    return false;
  }

  /** Returns a new array of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Returns a read-only view, from position 0. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Appends the bytes to {@code target}. */
  public void writeTo(ByteBuffer target) {
    target.put(bytes);
  }

  /** Whether the remaining bytes of {@code other}, which is not consumed, are these. */
  public boolean contentEquals(ByteBuffer other) {
    return ByteBuffer.wrap(bytes).equals(other);
  }

  /** Compares with {@code length} bytes of {@code other} from {@code offset}, as unsigned bytes. */
  public int compareTo(byte[] other, int offset, int length) {
    return Arrays.compareUnsigned(bytes, 0, bytes.length, other, offset, offset + length);
  }

  @Override
  public int compareTo(ByteName other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof ByteName other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    // A race computes the same value twice.
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(bytes);
      hash = h;
    }
    return h;
  }

  /** The bytes read as UTF-8, malformed ones replaced; for messages, not for round trips. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
