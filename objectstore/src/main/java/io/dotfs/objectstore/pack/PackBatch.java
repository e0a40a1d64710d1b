package io.dotfs.objectstore.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.DeltaBases;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import io.dotfs.objectstore.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New objects on their way into a directory: one pack, or several where there are very many
 * objects, all published together. Puts are for any number of threads; hashing, compression and
 * verification happen in theirs. Publishing and discarding are for one thread, after the puts.
 *
 * <p>INVARIANT: after the first storage error nothing is appended or published any more.
 */
public final class PackBatch implements ObjectSink {
  private static final Logger LOG = LoggerFactory.getLogger(PackBatch.class);

  /** Below this, the base's id and the second read cost more than a delta saves. */
  private static final int MIN_DELTA_BYTES = 256;

  /** A delta of a sixteenth of the payload is taken without looking for anything better. */
  private static final int CLEARLY_SMALL = 16;

  /** A delta that saves less than a quarter of the whole is not worth a second read. */
  private static final int WORTH_A_BASE = 4;

  private final Path directory;
  private final WriterLease lease;
  private final LongSupplier temporaryNumbers;
  private final Compression compression;
  private final int objectsPerPack;
  private final ObjectReader store;
  private final DeltaBases bases;
  private final SimilarObjects similar = new SimilarObjects();

  /** What a peer sent although the store had it: part of what this batch shows. */
  private final Set<ObjectId> sentAgain = ConcurrentHashMap.newKeySet();

  /** Shared by appends, exclusive for going on to a further pack. */
  private final ReadWriteLock rolling = new ReentrantReadWriteLock();

  /** Packs that are full: sealed, synced, without their final names. */
  private volatile List<Sealed> sealed = List.of();

  private volatile Optional<PackFileWriter> current = Optional.empty();
  private volatile Optional<StorageException> failure = Optional.empty();
  private volatile boolean ended;

  private final LongAdder objects = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();
  private final LongAdder logicalBytes = new LongAdder();
  private final LongAdder presentObjects = new LongAdder();
  private final LongAdder presentBytes = new LongAdder();

  /** A full pack: its writer, which knows its files, and a reader over its index. */
  private record Sealed(PackFileWriter writer, Pack pack) {}

  /**
   * Begins a batch; no file is made before the first new object.
   *
   * @param store what is there already, which is not stored again
   * @param bases what new objects may be stored as differences to
   */
  public PackBatch(
      Path directory,
      WriterLease lease,
      LongSupplier temporaryNumbers,
      Compression compression,
      int objectsPerPack,
      ObjectReader store,
      DeltaBases bases) {
    this.directory = directory;
    this.lease = lease;
    this.temporaryNumbers = temporaryNumbers;
    this.compression = compression;
    this.objectsPerPack = objectsPerPack;
    this.store = store;
    this.bases = bases;
  }

  @Override
  public ObjectId put(ObjectType type, ByteBuffer payload) throws StoreException {
    return put(type, payload, Optional.empty());
  }

  @Override
  public ObjectId put(ObjectType type, ByteBuffer payload, Optional<ObjectId> older)
      throws StoreException {
    int length = payload.remaining();
    if (length > type.maxLengthBytes()) {
      throw new IllegalArgumentException("a " + type + " of " + length + " bytes");
    }
    checkUsable();
    Compression.Workspace workspace = compression.acquire();
    try {
      ByteBuffer source = workspace.onHeap(payload);
      ObjectId id = ObjectHasher.hash(type, source);
      if (isPresent(id)) {
        countPresent(length);
        return id;
      }
      Optional<Delta> delta = delta(workspace, id, type, source, older);
      int stored = delta.map(Delta::storedBytes).orElse(length);
      boolean small = delta.isPresent() && stored <= length / CLEARLY_SMALL;
      int whole = small ? length : workspace.compress(source);
      if (delta.isPresent() && (small || stored <= whole - whole / WORTH_A_BASE)) {
        workspace.takeDelta(delta.get().base(), stored);
        append(workspace.record(), id, type, Encoding.DELTA, length, stored);
      } else {
        Encoding encoding = whole < length ? Encoding.ZSTD : Encoding.RAW;
        append(workspace.record(), id, type, encoding, length, whole);
      }
      return id;
    } finally {
      compression.release(workspace);
    }
  }

  /**
   * A difference that the workspace holds.
   *
   * @param base to which object
   * @param storedBytes length of its stored form
   */
  private record Delta(ObjectId base, int storedBytes) {}

  /** The best difference that is found to the older object, or to another one like this. */
  private Optional<Delta> delta(
      Compression.Workspace workspace,
      ObjectId id,
      ObjectType type,
      ByteBuffer source,
      Optional<ObjectId> older)
      throws StoreException {
    int length = source.remaining();
    if (length < MIN_DELTA_BYTES || (older.isEmpty() && similar.isEmpty())) {
      return Optional.empty();
    }
    if (store.info(id).isPresent()) {
      // Damage is being healed here: nothing that may lean on this very object will do.
      return Optional.empty();
    }
    Optional<Delta> found = Optional.empty();
    if (older.isPresent()) {
      Optional<ObjectId> base = bases.wholeBase(older.get());
      if (base.isPresent()) {
        found = difference(workspace, base.get(), type, source);
      }
    }
    if (type != ObjectType.CHUNK
        || (found.isPresent() && found.get().storedBytes() <= length / CLEARLY_SMALL)) {
      return found;
    }
    Optional<ObjectId> like = similar.find(source);
    if (like.isEmpty() || found.map(Delta::base).equals(like)) {
      return found;
    }
    Optional<Delta> other = difference(workspace, like.get(), type, source);
    if (other.isPresent()
        && found.isPresent()
        && other.get().storedBytes() >= found.get().storedBytes()) {
      return difference(workspace, found.get().base(), type, source);
    }
    return other.isPresent() ? other : found;
  }

  private Optional<Delta> difference(
      Compression.Workspace workspace, ObjectId base, ObjectType type, ByteBuffer source)
      throws StoreException {
    byte[] prefix;
    try {
      if (!store.contains(base) && !bases.isSound(base)) {
        return Optional.empty();
      }
      prefix = bases.payload(base, type);
    } catch (CorruptObjectException | MissingObjectException e) {
      LOG.warn("storing an object whole, since what it resembles cannot be read", e);
      return Optional.empty();
    }
    if (!Compression.canBeBase(prefix)) {
      return Optional.empty();
    }
    if (type == ObjectType.CHUNK) {
      similar.add(base, prefix);
    }
    int stored = workspace.compressDelta(source, prefix);
    return stored < source.remaining() ? Optional.of(new Delta(base, stored)) : Optional.empty();
  }

  /**
   * Stores an object of which another store has sent the difference to one that is here: as a
   * difference again where one fits here, and else whole.
   *
   * @return whether it is new here
   */
  public boolean putDelta(StoredObject object) throws StoreException {
    byte[] payload = verified(object);
    if (isPresent(object.id())) {
      noteSentAgain(object);
      return false;
    }
    put(object.type(), ByteBuffer.wrap(payload), object.base());
    return true;
  }

  /** The payload, which is what the id names. */
  private byte[] verified(StoredObject object) throws StoreException {
    checkUsable();
    byte[] payload;
    try {
      payload = compression.decode(object, bases);
    } catch (CorruptObjectException e) {
      throw e.of(object.id());
    }
    if (!ObjectHasher.hash(object.type(), ByteBuffer.wrap(payload)).equals(object.id())) {
      throw new CorruptObjectException(
          Optional.of(object.id()), Optional.empty(), "its content has another id");
    }
    return payload;
  }

  private void noteSentAgain(StoredObject object) throws StoreException {
    if (!isPending(object.id())) {
      sentAgain.add(object.id());
    }
    countPresent(object.lengthBytes());
  }

  @Override
  public boolean putStored(StoredObject object) throws StoreException {
    ByteBuffer bytes = object.bytes();
    verified(object);
    if (isPresent(object.id())) {
      noteSentAgain(object);
      return false;
    }
    Compression.Workspace workspace = compression.acquire();
    try {
      workspace.copy(bytes);
      return append(
          workspace.record(),
          object.id(),
          object.type(),
          object.encoding(),
          object.lengthBytes(),
          bytes.remaining());
    } finally {
      compression.release(workspace);
    }
  }

  private void checkUsable() throws StorageException {
    if (ended) {
      throw new IllegalStateException("the batch has ended");
    }
    if (failure.isPresent()) {
      StorageException first = failure.get();
      throw new StorageException(
          "the batch has failed: " + first.getMessage(), first.retryMayHelp(), first);
    }
  }

  private StorageException failed(StorageException e) {
    if (failure.isEmpty()) {
      failure = Optional.of(e);
    }
    return e;
  }

  private void countPresent(int length) {
    presentObjects.increment();
    presentBytes.add(length);
  }

  private boolean isPresent(ObjectId id) throws StoreException {
    return isPending(id) || store.contains(id);
  }

  private boolean isPending(ObjectId id) throws StoreException {
    Optional<PackFileWriter> writer = current;
    if (writer.isPresent() && writer.get().find(id).isPresent()) {
      return true;
    }
    for (Sealed full : sealed) {
      if (full.pack().contains(id)) {
        return true;
      }
    }
    return false;
  }

  private boolean append(
      byte[] record, ObjectId id, ObjectType type, Encoding encoding, int length, int stored)
      throws StoreException {
    boolean added;
    boolean full;
    rolling.readLock().lock();
    try {
      checkUsable();
      PackFileWriter writer = writer();
      added = writer.append(record, id, type, encoding, length, stored);
      full = writer.count() >= objectsPerPack;
    } catch (StorageException e) {
      throw failed(e);
    } finally {
      rolling.readLock().unlock();
    }
    if (!added) {
      countPresent(length);
      return false;
    }
    objects.increment();
    storedBytes.add(PackFormat.RECORD_HEADER_BYTES + stored);
    logicalBytes.add(length);
    if (full) {
      roll();
    }
    return true;
  }

  private PackFileWriter writer() throws StorageException {
    Optional<PackFileWriter> writer = current;
    if (writer.isPresent()) {
      return writer.get();
    }
    synchronized (this) {
      if (current.isEmpty()) {
        current =
            Optional.of(PackFileWriter.create(directory, lease, temporaryNumbers.getAsLong()));
      }
      return current.get();
    }
  }

  private void roll() throws StoreException {
    rolling.writeLock().lock();
    try {
      if (current.isPresent() && current.get().count() >= objectsPerPack) {
        sealCurrent();
      }
    } finally {
      rolling.writeLock().unlock();
    }
  }

  @GuardedBy("rolling")
  private void sealCurrent() throws StoreException {
    PackFileWriter writer = current.orElseThrow();
    Pack pack;
    try {
      pack = writer.seal();
    } catch (StorageException e) {
      throw failed(e);
    } catch (StoreException e) {
      throw failed(new StorageException("an index cannot be read back", false, e));
    }
    List<Sealed> more = new ArrayList<>(sealed);
    more.add(new Sealed(writer, pack));
    // In this order a reader finds each object in one of the two at any time.
    sealed = List.copyOf(more);
    current = Optional.empty();
    writer.forget();
  }

  /** What was put so far. */
  public PutStatistics statistics() {
    return new PutStatistics(
        objects.sum(),
        storedBytes.sum(),
        logicalBytes.sum(),
        presentObjects.sum(),
        presentBytes.sum());
  }

  /**
   * Syncs everything and gives it its names; durable on return. After an error part of it may be
   * visible, each pack in whole.
   *
   * @return the finished packs; none if nothing was new
   */
  public List<Path> publish() throws StoreException {
    rolling.writeLock().lock();
    try {
      checkUsable();
      if (current.isPresent()) {
        sealCurrent();
      }
      List<Path> packs = new ArrayList<>();
      for (Sealed full : sealed) {
        packs.add(full.writer().publish());
        full.pack().close();
      }
      if (!packs.isEmpty()) {
        PackFiles.syncDirectory(directory);
      }
      ended = true;
      return packs;
    } catch (StorageException e) {
      throw failed(e);
    } catch (IOException e) {
      throw failed(StorageException.of("cannot sync " + directory, e));
    } finally {
      rolling.writeLock().unlock();
    }
  }

  /** Removes what was not published. What cannot be removed goes when the store is next opened. */
  public void discard() {
    rolling.writeLock().lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      for (Sealed full : sealed) {
        discard(full.writer());
      }
      current.ifPresent(PackBatch::discard);
    } finally {
      rolling.writeLock().unlock();
    }
  }

  private static void discard(PackFileWriter writer) {
    try {
      writer.discard();
    } catch (StorageException e) {
      LOG.warn("leaving a temporary file behind", e);
    }
  }

  /**
   * Reads what this batch holds, and what was sent to it although the store had it, and nothing
   * else; until it is published or discarded.
   */
  public ObjectReader reader() {
    return new Pending();
  }

  private final class Pending implements ObjectReader {
    @Override
    public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
      Optional<PackFileWriter> writer = current;
      if (writer.isPresent()) {
        Optional<PackRecord> record = writer.get().find(id);
        if (record.isPresent()) {
          return Optional.of(record.get().info());
        }
      }
      for (Sealed full : sealed) {
        Optional<ObjectInfo> info = full.pack().info(id);
        if (info.isPresent()) {
          return info;
        }
      }
      return sentAgain.contains(id) ? store.info(id) : Optional.empty();
    }

    @Override
    public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
      StoredObject stored = readRecord(id);
      if (stored.type() != type) {
        throw new CorruptObjectException(
            Optional.of(id),
            Optional.empty(),
            "it is a " + stored.type() + " where a " + type + " is expected");
      }
      return ByteBuffer.wrap(decode(stored)).asReadOnlyBuffer();
    }

    private byte[] decode(StoredObject stored) throws StoreException {
      try {
        return compression.decode(stored, bases);
      } catch (CorruptObjectException e) {
        throw e.of(stored.id());
      }
    }

    @Override
    public StoredObject readStored(ObjectId id) throws StoreException {
      StoredObject stored = readRecord(id);
      return stored.base().isEmpty()
          ? stored
          : compression.encode(id, stored.type(), decode(stored));
    }

    private StoredObject readRecord(ObjectId id) throws StoreException {
      Optional<PackFileWriter> writer = current;
      if (writer.isPresent()) {
        Optional<PackRecord> record = writer.get().find(id);
        if (record.isPresent()) {
          try {
            return writer.get().read(record.get());
          } catch (StorageException e) {
            throw failed(e);
          }
        }
      }
      for (Sealed full : sealed) {
        Optional<StoredObject> stored = full.pack().read(id);
        if (stored.isPresent()) {
          return stored.get();
        }
      }
      if (sentAgain.contains(id)) {
        return store.readStored(id);
      }
      throw new MissingObjectException(id);
    }
  }
}
