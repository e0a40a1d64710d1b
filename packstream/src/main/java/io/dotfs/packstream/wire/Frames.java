package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The frames of streams, as FORMAT.md draws them. Big-endian. */
final class Frames {
  static final int PRELUDE_BYTES = 6;
  static final int OBJECT = 1;
  static final int END = 2;
  static final int ERROR = 3;
  static final int ENTRY = 4;

  /** An object's header: tag, type, encoding, id, length, stored length, CRC32C. */
  static final int OBJECT_BYTES = 1 + 1 + 1 + ObjectId.BYTES + 4 + 4 + 4;

  /** The end: tag, count, bytes, CRC32C. */
  static final int END_BYTES = 1 + 8 + 8 + 4;

  /** An entry of a listing: tag, type, id, stored bytes. */
  static final int ENTRY_BYTES = 1 + 1 + ObjectId.BYTES + 4;

  private Frames() {}

  static ByteBuffer prelude(MessageKind kind) {
    return ByteBuffer.allocate(PRELUDE_BYTES)
        .putInt(Envelope.MAGIC)
        .put((byte) Envelope.VERSION)
        .put((byte) kind.code())
        .flip();
  }

  static ByteBuffer object(StoredObject object) {
    ByteBuffer frame = ByteBuffer.allocate(OBJECT_BYTES);
    frame.put((byte) OBJECT).put((byte) object.type().code()).put((byte) object.encoding().code());
    object.id().writeTo(frame);
    frame.putInt(object.lengthBytes()).putInt(object.bytes().remaining());
    return sealed(frame);
  }

  static ByteBuffer end(long objects, long bytes) {
    return sealed(ByteBuffer.allocate(END_BYTES).put((byte) END).putLong(objects).putLong(bytes));
  }

  /** The end of a listing: its checksum stands where a pack's byte count does. */
  static ByteBuffer entry(ListedObject object) {
    ByteBuffer frame = ByteBuffer.allocate(ENTRY_BYTES);
    frame.put((byte) ENTRY).put((byte) object.type().code());
    object.id().writeTo(frame);
    return frame.putInt(object.storedBytes()).flip();
  }

  static ByteBuffer error(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) ERROR)
        .putInt(message.length)
        .put(message)
        .flip();
  }

  /** Whether the last four bytes of {@code frame} are the CRC32C of those before. */
  static boolean isSealed(ByteBuffer frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().position(0).limit(frame.limit() - 4));
    return (int) crc.getValue() == frame.getInt(frame.limit() - 4);
  }

  private static ByteBuffer sealed(ByteBuffer frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().flip());
    return frame.putInt((int) crc.getValue()).flip();
  }
}
