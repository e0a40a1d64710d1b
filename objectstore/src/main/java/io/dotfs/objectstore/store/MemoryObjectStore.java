package io.dotfs.objectstore.store;

import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Compression;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Objects on the heap, visible at once and gone with the process: for tests, and for trees that are
 * made only to be compared. Unbounded. Any number of threads may use it.
 */
public final class MemoryObjectStore implements ObjectReader, ObjectSink, DeltaBases {
  private static final class Held {
    private final ObjectType type;
    private final byte[] payload;

    Held(ObjectType type, byte[] payload) {
      this.type = type;
      this.payload = payload;
    }
  }

  private final Map<ObjectId, Held> objects = new ConcurrentHashMap<>();

  /** The ids of all objects held now. */
  public Set<ObjectId> ids() {
    return Set.copyOf(objects.keySet());
  }

  /** Drops an object, so that it is missing from then on. */
  public void remove(ObjectId id) {
    objects.remove(id);
  }

  @Override
  public Optional<ObjectInfo> info(ObjectId id) {
    return Optional.ofNullable(objects.get(id))
        .map(held -> new ObjectInfo(held.type, held.payload.length, held.payload.length));
  }

  private Held held(ObjectId id) throws MissingObjectException {
    Held held = objects.get(id);
    if (held == null) {
      throw new MissingObjectException(id);
    }
    return held;
  }

  @Override
  public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
    Held held = held(id);
    if (held.type != type) {
      throw CorruptObjectException.malformed(
              "it is a " + held.type + " where a " + type + " is expected")
          .of(id);
    }
    return ByteBuffer.wrap(held.payload).asReadOnlyBuffer();
  }

  /** Nothing is stored as a difference here. */
  @Override
  public Optional<ObjectId> wholeBase(ObjectId older) {
    return Optional.empty();
  }

  @Override
  public boolean isSound(ObjectId id) {
    return objects.containsKey(id);
  }

  @Override
  public byte[] payload(ObjectId id, ObjectType type) throws StoreException {
    read(id, type);
    return held(id).payload;
  }

  @Override
  public StoredObject readStored(ObjectId id) throws StoreException {
    Held held = held(id);
    return new StoredObject(
        id, held.type, held.payload.length, Encoding.RAW, ByteBuffer.wrap(held.payload));
  }

  @Override
  public ObjectId put(ObjectType type, ByteBuffer payload) {
    if (payload.remaining() > type.maxLengthBytes()) {
      throw new IllegalArgumentException("a " + type + " of " + payload.remaining() + " bytes");
    }
    byte[] copy = new byte[payload.remaining()];
    payload.get(payload.position(), copy);
    ObjectId id = ObjectHasher.hash(type, ByteBuffer.wrap(copy));
    objects.putIfAbsent(id, new Held(type, copy));
    return id;
  }

  @Override
  public boolean putStored(StoredObject object) throws StoreException {
    try (Compression compression = new Compression(1)) {
      byte[] payload = compression.decode(object, this);
      if (!ObjectHasher.hash(object.type(), ByteBuffer.wrap(payload)).equals(object.id())) {
        throw CorruptObjectException.malformed("its content has another id").of(object.id());
      }
      return objects.putIfAbsent(object.id(), new Held(object.type(), payload)) == null;
    } catch (CorruptObjectException e) {
      throw e.of(object.id());
    }
  }
}
