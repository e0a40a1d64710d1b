package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Builds one message: envelope, fields, checksum. Big-endian. One thread, used once. */
final class MessageWriter {
  private byte[] bytes = new byte[256];
  private int length;

  MessageWriter(MessageKind kind) {
    u32(Envelope.MAGIC);
    u8(Envelope.VERSION);
    u8(kind.code());
  }

  MessageWriter u8(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  MessageWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  MessageWriter u32(int value) {
    reserve(4);
    ByteBuffer.wrap(bytes).putInt(length, value);
    length += 4;
    return this;
  }

  MessageWriter u64(long value) {
    reserve(8);
    ByteBuffer.wrap(bytes).putLong(length, value);
    length += 8;
    return this;
  }

  MessageWriter id(ObjectId id) {
    reserve(ObjectId.BYTES);
    id.writeTo(ByteBuffer.wrap(bytes, length, ObjectId.BYTES));
    length += ObjectId.BYTES;
    return this;
  }

  MessageWriter ids(Collection<ObjectId> ids, int limit) {
    WireLimits.check("ids", ids.size(), limit);
    u32(ids.size());
    ids.forEach(this::id);
    return this;
  }

  MessageWriter optionalId(Optional<ObjectId> id) {
    flag(id.isPresent());
    id.ifPresent(this::id);
    return this;
  }

  MessageWriter blob(byte[] content, int limit) {
    WireLimits.check("bytes", content.length, limit);
    u32(content.length);
    reserve(content.length);
    System.arraycopy(content, 0, bytes, length, content.length);
    length += content.length;
    return this;
  }

  MessageWriter text(String text) {
    return blob(text.getBytes(StandardCharsets.UTF_8), WireLimits.MAX_TEXT_BYTES);
  }

  /** Ends the message with its checksum and returns all of it. */
  byte[] finish() {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    u32((int) crc.getValue());
    WireLimits.check("message", length, WireLimits.MAX_MESSAGE_BYTES);
    return Arrays.copyOf(bytes, length);
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
