package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Stamp;
import io.dotfs.objectstore.object.Totals;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Reads the primitives of canonical forms and refuses whatever {@link CanonicalWriter} would have
 * written otherwise: numbers that are longer than needed, flags other than 0 and 1, lengths beyond
 * the stated limit (before anything is allocated). Not thread safe.
 */
final class CanonicalReader {
  private final String what;
  private final ByteBuffer source;

  /** Reads {@code payload} from position to limit; its position stays. */
  CanonicalReader(String what, ByteBuffer payload) {
    this.what = what;
    this.source = payload.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  CorruptObjectException malformed(String reason) {
    return CorruptObjectException.malformed(what + ": " + reason);
  }

  private void require(int bytes) throws CorruptObjectException {
    if (source.remaining() < bytes) {
      throw malformed("it ends early");
    }
  }

  int position() {
    return source.position();
  }

  int remaining() {
    return source.remaining();
  }

  int octet() throws CorruptObjectException {
    require(1);
    return source.get() & 0xff;
  }

  boolean flag() throws CorruptObjectException {
    int value = octet();
    if (value > 1) {
      throw malformed("flag " + value);
    }
    return value == 1;
  }

  /** The version that every form but a chunk's begins with; version 1 is the only one so far. */
  void version() throws StoreException {
    int version = octet();
    if (version != 1) {
      throw new UnsupportedFormatException(what, version, 1, 1);
    }
  }

  private long unsigned64() throws CorruptObjectException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = octet();
      if (shift == 63 && b > 1) {
        throw malformed("a number of more than 64 bits");
      }
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (b == 0 && shift > 0) {
          throw malformed("a number that is longer than needed");
        }
        return value;
      }
    }
    throw malformed("a number that does not end");
  }

  long number() throws CorruptObjectException {
    long value = unsigned64();
    if (value < 0) {
      throw malformed("a number of more than 63 bits");
    }
    return value;
  }

  /** A number from {@code min} to {@code max}. */
  int number(int min, int max) throws CorruptObjectException {
    long value = number();
    if (value < min || value > max) {
      throw malformed(value + " is not from " + min + " to " + max);
    }
    return (int) value;
  }

  int unsigned32() throws CorruptObjectException {
    long value = number();
    if (value > 0xffff_ffffL) {
      throw malformed("a number of more than 32 bits");
    }
    return (int) value;
  }

  long signed() throws CorruptObjectException {
    long value = unsigned64();
    return (value >>> 1) ^ -(value & 1);
  }

  long fixed64() throws CorruptObjectException {
    require(Long.BYTES);
    return source.getLong();
  }

  ObjectId id() throws CorruptObjectException {
    require(ObjectId.BYTES);
    return ObjectId.readFrom(source);
  }

  Optional<ObjectId> optionalId() throws CorruptObjectException {
    return flag() ? Optional.of(id()) : Optional.empty();
  }

  private ByteBuffer slice(int maxBytes) throws CorruptObjectException {
    int length = number(0, maxBytes);
    require(length);
    ByteBuffer slice = source.slice(source.position(), length);
    source.position(source.position() + length);
    return slice;
  }

  ByteName bytes(int maxBytes) throws CorruptObjectException {
    return ByteName.of(slice(maxBytes));
  }

  String text(int maxBytes) throws CorruptObjectException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice(maxBytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("text that is not UTF-8");
    }
  }

  DirectoryRef directory() throws CorruptObjectException {
    Optional<ObjectId> root = optionalId();
    if (root.isEmpty()) {
      return DirectoryRef.EMPTY;
    }
    EntryCounts counts = new EntryCounts(number(), number());
    return new DirectoryRef(root, counts, new Totals(number(), number(), number(), number()));
  }

  Stamp stamp() throws CorruptObjectException {
    String name = text(Stamp.MAX_NAME_BYTES);
    long seconds = signed();
    int nanos = number(0, 999_999_999);
    long offsetMinutes = signed();
    if (offsetMinutes < -18 * 60 || offsetMinutes > 18 * 60) {
      throw malformed("a UTC offset of " + offsetMinutes + " minutes");
    }
    try {
      return new Stamp(
          name,
          Instant.ofEpochSecond(seconds, nanos),
          ZoneOffset.ofTotalSeconds((int) offsetMinutes * 60));
    } catch (DateTimeException e) {
      throw malformed("a time out of range");
    }
  }

  /**
   * Compares the next {@code bytes} with {@code name} and skips them; less than 0 if they are less.
   */
  int compareBytes(ByteName name, int maxBytes) throws CorruptObjectException {
    int length = number(0, maxBytes);
    require(length);
    int start = source.position();
    source.position(start + length);
    int common = Math.min(length, name.length());
    for (int i = 0; i < common; i++) {
      int order = Integer.compare(source.get(start + i) & 0xff, name.at(i) & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length, name.length());
  }

  void skip(int bytes) throws CorruptObjectException {
    require(bytes);
    source.position(source.position() + bytes);
  }

  void skipNumbers(int count) throws CorruptObjectException {
    for (int left = count; left > 0; left--) {
      while (octet() >= 0x80) {}
    }
  }

  void skipBytes(int maxBytes) throws CorruptObjectException {
    skip(number(0, maxBytes));
  }

  void skipOptionalId() throws CorruptObjectException {
    if (flag()) {
      skip(ObjectId.BYTES);
    }
  }

  void skipDirectory() throws CorruptObjectException {
    if (flag()) {
      skip(ObjectId.BYTES);
      skipNumbers(6);
    }
  }

  /** Goes back or on to a position that {@link #position} gave. */
  void moveTo(int position) {
    source.position(position);
  }

  Optional<ByteName> signature(int maxBytes) throws CorruptObjectException {
    return flag() ? Optional.of(bytes(maxBytes)) : Optional.empty();
  }

  void end() throws CorruptObjectException {
    if (source.hasRemaining()) {
      throw malformed(source.remaining() + " bytes too many");
    }
  }
}
