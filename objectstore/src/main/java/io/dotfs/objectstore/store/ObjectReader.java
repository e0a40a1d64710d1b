package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads immutable objects by id. What it returns is what was stored: damage is an exception, never
 * data. Any number of threads may use one reader.
 */
public interface ObjectReader {
  /**
   * Whether the object need not be stored again. A store may say no although {@link #info} knows
   * the object: to what it found damaged, or holds in a pack that is cut off, so that the next who
   * brings the object heals it. Whether an object is here at all is {@code info}'s to say. Touches
   * indexes only.
   *
   * @throws StorageException if an index cannot be read
   */
  default boolean contains(ObjectId id) throws StoreException {
    return info(id).isPresent();
  }

  /**
   * Type and length of an object, or nothing if it is not here. Touches indexes only.
   *
   * @throws StorageException if an index cannot be read
   */
  Optional<ObjectInfo> info(ObjectId id) throws StoreException;

  /**
   * The whole payload of an object as a read-only buffer from position 0. It may be shared with
   * other readers; the caller may keep it.
   *
   * @param type what the object must be
   * @throws MissingObjectException if it is not here
   * @throws CorruptObjectException if it is damaged, or is of another type
   * @throws StorageException if it cannot be read
   */
  ByteBuffer read(ObjectId id, ObjectType type) throws StoreException;

  /**
   * Copies bytes of the payload, from {@code offset}, into {@code target} until that is full or the
   * payload ends.
   *
   * @return how many bytes were copied; 0 at or past the end
   * @throws MissingObjectException if it is not here
   * @throws CorruptObjectException if it is damaged, or is of another type
   * @throws StorageException if it cannot be read
   */
  default int read(ObjectId id, ObjectType type, int offset, ByteBuffer target)
      throws StoreException {
    ByteBuffer payload = read(id, type);
    int length = Math.min(target.remaining(), payload.limit() - offset);
    if (length <= 0) {
      return 0;
    }
    target.put(payload.slice(offset, length));
    return length;
  }

  /**
   * An object as it is stored, for handing it to another store without compressing it again. Its
   * checksum has been verified, its id has not: the receiver does that.
   *
   * @throws MissingObjectException if it is not here
   * @throws CorruptObjectException if it is damaged
   * @throws StorageException if it cannot be read
   */
  StoredObject readStored(ObjectId id) throws StoreException;
}
