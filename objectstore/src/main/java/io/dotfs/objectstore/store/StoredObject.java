package io.dotfs.objectstore.store;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An object in its stored, usually compressed form, as it moves between stores. A claim until a
 * store has verified the id ({@link ObjectSink#putStored}).
 *
 * @param id the claimed id
 * @param type its type
 * @param lengthBytes length of the payload once decoded, at most the type's limit
 * @param encoding how {@code bytes} encode the payload
 * @param bytes the stored form, from position to limit, read-only
 */
public record StoredObject(
    ObjectId id, ObjectType type, int lengthBytes, Encoding encoding, ByteBuffer bytes) {
  public StoredObject {
    if (lengthBytes < 0 || lengthBytes > type.maxLengthBytes()) {
      throw new IllegalArgumentException("a " + type + " of " + lengthBytes + " bytes");
    }
    if (!isPlausible(encoding, lengthBytes, bytes.remaining())) {
      throw new IllegalArgumentException(
          bytes.remaining() + " stored bytes as " + encoding + " of " + lengthBytes);
    }
    bytes = bytes.asReadOnlyBuffer();
  }

  /** Whether {@code storedBytes} may encode {@code lengthBytes} that way. */
  public static boolean isPlausible(Encoding encoding, int lengthBytes, int storedBytes) {
    return switch (encoding) {
      case RAW -> storedBytes == lengthBytes;
      case ZSTD -> storedBytes >= 0 && storedBytes < lengthBytes;
      case DELTA -> storedBytes > ObjectId.BYTES && storedBytes < lengthBytes;
    };
  }

  /** The object that this one is a difference to; nothing if it stands by itself. */
  public Optional<ObjectId> base() {
    return encoding == Encoding.DELTA
        ? Optional.of(ObjectId.readFrom(bytes.duplicate()))
        : Optional.empty();
  }

  /** The stored bytes: a view of its own, so that moving its position disturbs nobody. */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }
}
