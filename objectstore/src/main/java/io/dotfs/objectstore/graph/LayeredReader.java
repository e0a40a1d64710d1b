package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Two readers as one.
 *
 * @param first is asked first
 * @param second has what the first has not
 */
record LayeredReader(ObjectReader first, ObjectReader second) implements ObjectReader {
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
