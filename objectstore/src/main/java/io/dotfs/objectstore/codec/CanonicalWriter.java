package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Stamp;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes the primitives that canonical forms are made of ({@code FORMAT.md}, "Primitives"). Grows
 * as needed. Not thread safe.
 */
final class CanonicalWriter {
  private byte[] bytes;
  private int length;

  CanonicalWriter(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }

  CanonicalWriter octet(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  CanonicalWriter flag(boolean value) {
    return octet(value ? 1 : 0);
  }

  /** All 64 bits of {@code value} as an unsigned number, seven bits a byte, the lowest first. */
  private CanonicalWriter unsigned64(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /** A number that is not negative. */
  CanonicalWriter number(long value) {
    if (value < 0) {
      throw new IllegalStateException("a negative number: " + value);
    }
    return unsigned64(value);
  }

  /** An unsigned 32-bit number. */
  CanonicalWriter unsigned32(int value) {
    return unsigned64(Integer.toUnsignedLong(value));
  }

  /** Any number: small absolute values are short. */
  CanonicalWriter signed(long value) {
    return unsigned64((value << 1) ^ (value >> 63));
  }

  /** Eight bytes, little-endian. */
  CanonicalWriter fixed64(long value) {
    reserve(Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[length++] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  CanonicalWriter id(ObjectId id) {
    reserve(ObjectId.BYTES);
    id.writeTo(ByteBuffer.wrap(bytes, length, ObjectId.BYTES));
    length += ObjectId.BYTES;
    return this;
  }

  CanonicalWriter optionalId(Optional<ObjectId> id) {
    flag(id.isPresent());
    if (id.isPresent()) {
      id(id.get());
    }
    return this;
  }

  CanonicalWriter bytes(ByteName value) {
    number(value.length());
    reserve(value.length());
    value.writeTo(ByteBuffer.wrap(bytes, length, value.length()));
    length += value.length();
    return this;
  }

  CanonicalWriter text(String value) {
    return bytes(ByteName.of(value));
  }

  CanonicalWriter directory(DirectoryRef directory) {
    optionalId(directory.root());
    if (directory.root().isPresent()) {
      number(directory.counts().entries());
      number(directory.counts().subdirectories());
      number(directory.totals().bytes());
      number(directory.totals().files());
      number(directory.totals().directories());
      number(directory.totals().linkedNames());
    }
    return this;
  }

  CanonicalWriter stamp(Stamp stamp) {
    Instant time = stamp.time();
    return text(stamp.name())
        .signed(time.getEpochSecond())
        .number(time.getNano())
        .signed(stamp.offset().getTotalSeconds() / 60);
  }

  CanonicalWriter signature(Optional<ByteName> signature) {
    flag(signature.isPresent());
    if (signature.isPresent()) {
      bytes(signature.get());
    }
    return this;
  }

  /** Bytes that are in canonical form already. */
  CanonicalWriter raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  /** A copy of what was written. */
  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** What was written, from position 0 to limit; the writer must not be used any more. */
  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(bytes, 0, length);
  }
}
