package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Compression;
import io.dotfs.objectstore.pack.PackBatch;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.PutStatistics;
import io.dotfs.objectstore.pack.WriterLease;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A batch of new objects over an {@link ObjectStore}. */
final class StoreWriter implements PackWriter {
  private final ObjectStore store;
  private final Hold hold;
  private final PackBatch batch;
  private final ObjectReader pending;
  private final ObjectReader both;

  StoreWriter(ObjectStore store, Compression compression, int objectsPerPack)
      throws StoreException {
    this.store = store;
    WriterLease lease = store.lease();
    this.hold = store.retention().hold();
    this.batch =
        new PackBatch(
            store.directory(),
            lease,
            store::nextTemporaryNumber,
            compression,
            objectsPerPack,
            new Taking(store, hold),
            store);
    this.pending = batch.reader();
    this.both = new Layered(pending, store);
  }

  /** The store, where what need not be stored again must not go away meanwhile. */
  private record Taking(ObjectStore store, Hold hold) implements ObjectReader {
    @Override
    public boolean contains(ObjectId id) throws StoreException {
      return store.retention().take(id, store::contains, hold);
    }

    @Override
    public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
      return store.info(id);
    }

    @Override
    public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
      return store.read(id, type);
    }

    @Override
    public StoredObject readStored(ObjectId id) throws StoreException {
      return store.readStored(id);
    }
  }

  /** Reads from the first of two readers that has the object. */
  private record Layered(ObjectReader first, ObjectReader second) implements ObjectReader {
    private ObjectReader having(ObjectId id) throws StoreException {
      return first.contains(id) ? first : second;
    }

    @Override
    public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
      return having(id).info(id);
    }

    @Override
    public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
      return having(id).read(id, type);
    }

    @Override
    public StoredObject readStored(ObjectId id) throws StoreException {
      return having(id).readStored(id);
    }
  }

  @Override
  public ObjectId put(ObjectType type, ByteBuffer payload) throws StoreException {
    return batch.put(type, payload);
  }

  @Override
  public ObjectId put(ObjectType type, ByteBuffer payload, Optional<ObjectId> older)
      throws StoreException {
    return batch.put(type, payload, older);
  }

  @Override
  public boolean putStored(StoredObject object) throws StoreException {
    return object.base().isPresent() ? batch.putDelta(object) : batch.putStored(object);
  }

  @Override
  public ObjectReader reader() {
    return both;
  }

  @Override
  public ObjectReader pending() {
    return pending;
  }

  @Override
  public PutStatistics statistics() {
    return batch.statistics();
  }

  @Override
  public PutStatistics finish() throws StoreException {
    List<Path> packs = batch.publish();
    store.adopt(packs);
    return batch.statistics();
  }

  @Override
  public void abort() {
    batch.discard();
    hold.close();
  }
}
