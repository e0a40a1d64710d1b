package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Takes objects. Any number of threads may put at once, and should: hashing and compression happen
 * in the caller's thread. When objects become visible and durable is the implementation's to say.
 */
public interface ObjectSink {
  /**
   * Stores a payload, unless the store has it already.
   *
   * @param payload read from position to limit; its position stays and it is not kept, but nobody
   *     may change it meanwhile: it is hashed first and compressed after that
   * @return the object's id
   * @throws IllegalArgumentException if the payload is longer than the type allows
   * @throws StorageException if it cannot be written
   */
  ObjectId put(ObjectType type, ByteBuffer payload) throws StoreException;

  /**
   * As {@link #put(ObjectType, ByteBuffer)}, for a payload that is likely to resemble that of an
   * older object: what took its place before. Where that pays, only the difference is stored.
   *
   * @param older an object of the same type; one that is not here is as good as none
   */
  default ObjectId put(ObjectType type, ByteBuffer payload, Optional<ObjectId> older)
      throws StoreException {
    return put(type, payload);
  }

  /**
   * Stores an object that another store encoded, after decoding it and verifying its id.
   *
   * @return whether it is new here
   * @throws CorruptObjectException if the stored form does not decode to what its id names
   * @throws StorageException if it cannot be written
   */
  boolean putStored(StoredObject object) throws StoreException;
}
