package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads one message: the checksum first, then field by field; nothing is allocated that the bytes
 * at hand do not account for. One thread, used once.
 */
final class MessageReader {
  private static final int SHORTEST = 10;
  private final ByteBuffer source;

  MessageReader(byte[] message, MessageKind kind) throws TransferException {
    if (message.length < SHORTEST) {
      throw new CorruptTransfer("a message of " + message.length + " bytes");
    }
    ByteBuffer all = ByteBuffer.wrap(message);
    Envelope.check(all.getInt(0), all.get(4) & 0xff, all.get(5) & 0xff, kind);
    CRC32C crc = new CRC32C();
    crc.update(message, 0, message.length - 4);
    if ((int) crc.getValue() != all.getInt(message.length - 4)) {
      throw new CorruptTransfer("a message's checksum is wrong");
    }
    source = all.position(6).limit(message.length - 4);
  }

  /** What reads one field or several of a message. */
  interface Fields<T> {
    T read(MessageReader reader) throws TransferException;
  }

  /** Reads all of a message: whatever is malformed in it becomes a {@link CorruptTransfer}. */
  static <T> T read(byte[] message, MessageKind kind, Fields<T> fields) throws TransferException {
    MessageReader reader = new MessageReader(message, kind);
    try {
      T value = fields.read(reader);
      if (reader.source.hasRemaining()) {
        throw new CorruptTransfer("bytes after the end of a " + kind);
      }
      return value;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      CorruptTransfer corrupt = new CorruptTransfer("a malformed " + kind);
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  int u8() {
    return source.get() & 0xff;
  }

  boolean flag() {
    int value = u8();
    if (value > 1) {
      throw new IllegalArgumentException("flag " + value);
    }
    return value == 1;
  }

  long u64() {
    long value = source.getLong();
    if (value < 0) {
      throw new IllegalArgumentException("a number of 2^63 or more");
    }
    return value;
  }

  /** Any eight bytes. */
  long word() {
    return source.getLong();
  }

  /** Any four bytes. */
  int word32() {
    return source.getInt();
  }

  ObjectId id() {
    return ObjectId.readFrom(source);
  }

  int count(int limit) {
    int count = source.getInt();
    WireLimits.check("count", count, limit);
    return count;
  }

  List<ObjectId> ids(int limit) {
    int count = count(limit);
    if ((long) count * ObjectId.BYTES > source.remaining()) {
      throw new BufferUnderflowException();
    }
    List<ObjectId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(id());
    }
    return ids;
  }

  Optional<ObjectId> optionalId() {
    return flag() ? Optional.of(id()) : Optional.empty();
  }

  byte[] blob(int limit) {
    int count = count(limit);
    if (count > source.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] content = new byte[count];
    source.get(content);
    return content;
  }

  String text() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(blob(WireLimits.MAX_TEXT_BYTES)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("text that is not UTF-8", e);
    }
  }
}
