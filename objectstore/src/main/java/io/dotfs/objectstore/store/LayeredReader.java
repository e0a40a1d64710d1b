package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Two readers as one. As safe for threads as both of them.
 *
 * @param first is asked first
 * @param second has what the first has not
 */
public record LayeredReader(ObjectReader first, ObjectReader second) implements ObjectReader {
  @Override
  public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
    Optional<ObjectInfo> info = first.info(id);
    return info.isPresent() ? info : second.info(id);
  }

  @Override
  public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
    return holder(id).read(id, type);
  }

  @Override
  public StoredObject readStored(ObjectId id) throws StoreException {
    return holder(id).readStored(id);
  }

  private ObjectReader holder(ObjectId id) throws StoreException {
    return first.contains(id) ? first : second;
  }
}
