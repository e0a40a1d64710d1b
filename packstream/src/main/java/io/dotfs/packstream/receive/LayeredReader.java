package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Two readers as one: what the first has not, the second may have. */
final class LayeredReader implements ObjectReader {
  private final ObjectReader first;
  private final ObjectReader second;

  LayeredReader(ObjectReader first, ObjectReader second) {
    this.first = first;
    this.second = second;
  }

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
