package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.StoredObject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A finished pack with its index, for reading. Immutable; any number of threads may use one.
 *
 * <p>The record that a read returns is the one that was written: its checksum covers header and
 * stored bytes, and the header repeats id, type and lengths.
 */
public final class Pack implements Closeable {
  private final String name;
  private final PackIndex index;
  private final PackChannel channel;
  private final boolean complete;
  private final long modifiedMillis;

  private Pack(
      String name, PackIndex index, PackChannel channel, boolean complete, long modifiedMillis) {
    this.name = name;
    this.index = index;
    this.channel = channel;
    this.complete = complete;
    this.modifiedMillis = modifiedMillis;
  }

  /**
   * Opens the pack in {@code file}; its index lies beside it, with suffix {@code .idx}. Verifies
   * the index, not the pack.
   *
   * @throws CorruptObjectException if the index is damaged
   * @throws StorageException if the index cannot be read
   */
  public static Pack open(Path file) throws StoreException {
    String name = String.valueOf(file.getFileName());
    PackIndex index = PackIndex.open(PackFiles.indexOf(file));
    PackChannel channel = new PackChannel(file);
    return new Pack(
        name,
        index,
        channel,
        channel.sizeBytes() == index.packBytes(),
        PackFiles.modifiedMillis(PackFiles.indexOf(file)));
  }

  /**
   * When the youngest of its objects came into the store: milliseconds since 1970. Reading and
   * merging do not change it.
   */
  public long modifiedMillis() {
    return modifiedMillis;
  }

  /**
   * Whether the pack had the length that its index says when it was opened. One that has not may
   * still be read, but nobody should rely on it for what they do not store again.
   */
  public boolean isComplete() {
    return complete;
  }

  /** The file's name, without its directory. */
  public String name() {
    return name;
  }

  /** How many objects it holds. */
  public int count() {
    return index.count();
  }

  /** Bytes on disk of pack and index, as the index has it. */
  public long sizeBytes() {
    return index.packBytes() + index.sizeBytes();
  }

  PackIndex index() {
    return index;
  }

  PackChannel channel() {
    return channel;
  }

  /** Whether the index has the object. */
  public boolean contains(ObjectId id) throws CorruptObjectException {
    return find(id) >= 0;
  }

  private int find(ObjectId id) throws CorruptObjectException {
    try {
      return index.indexOf(id);
    } catch (InternalError e) {
      // What the JVM makes of SIGBUS: the mapped file was cut off, or its disk failed.
      throw new CorruptObjectException(
          Optional.of(id), Optional.of(new DamagePlace(name, 0)), "its index cannot be read");
    }
  }

  /** Type and length of an object, or nothing if it is not here. */
  public Optional<ObjectInfo> info(ObjectId id) throws CorruptObjectException {
    int found = find(id);
    return found < 0 ? Optional.empty() : Optional.of(index.recordAt(found).info());
  }

  /** Where {@code id} is in the sorted order, or -1. */
  public int positionOf(ObjectId id) throws CorruptObjectException {
    return find(id);
  }

  /** Type and length of the object at {@code position} of the sorted order. */
  public ObjectInfo infoAt(int position) throws CorruptObjectException {
    return index.recordAt(position).info();
  }

  /** The id at {@code position} of the sorted order: 0 to {@link #count} exclusive. */
  public ObjectId idAt(int position) {
    return index.idAt(position);
  }

  /** All ids in the order in which the objects lie in the pack. */
  public List<ObjectId> idsInOrder() throws CorruptObjectException {
    List<PackRecord> records = new ArrayList<>(count());
    for (int i = 0; i < count(); i++) {
      records.add(index.recordAt(i));
    }
    records.sort(Comparator.comparingLong(PackRecord::offset));
    return records.stream().map(PackRecord::id).toList();
  }

  /**
   * Opens the file unless it is open: from then on it can be read although its name is removed.
   *
   * @throws StorageException if it cannot be opened
   */
  public void keepOpen() throws StorageException {
    channel.read(0, ByteBuffer.allocate(1));
  }

  /** Closes the file, which was removed, so that its space is free; see {@link #keepOpen}. */
  public void letGo() throws IOException {
    channel.release();
  }

  /** The position of the first id that is not less than {@code id}. */
  public int lowerBound(ObjectId id) {
    return index.lowerBound(id);
  }

  /**
   * The stored form of an object, or nothing if it is not here. It may be a difference to another
   * object.
   *
   * @throws CorruptObjectException if its record is damaged or the pack is cut off
   */
  public Optional<StoredObject> read(ObjectId id) throws StoreException {
    int found = find(id);
    return found < 0 ? Optional.empty() : Optional.of(read(channel, name, index.recordAt(found)));
  }

  /**
   * The object that this one is stored as a difference to; nothing if it stands by itself, or is
   * not here.
   *
   * @throws CorruptObjectException if its record is damaged or the pack is cut off
   */
  public Optional<ObjectId> baseOf(ObjectId id) throws StoreException {
    int found = find(id);
    return found < 0 || index.recordAt(found).encoding() != Encoding.DELTA
        ? Optional.empty()
        : read(channel, name, index.recordAt(found)).base();
  }

  /** Whether the object is here and stands by itself. */
  public boolean hasWhole(ObjectId id) throws CorruptObjectException {
    int found = find(id);
    return found >= 0 && index.recordAt(found).encoding() != Encoding.DELTA;
  }

  /** Reads and verifies one record of a pack, finished or not. */
  static StoredObject read(PackChannel channel, String name, PackRecord record)
      throws StoreException {
    ByteBuffer bytes = ByteBuffer.allocate(record.recordBytes());
    int read = channel.read(record.offset(), bytes);
    if (read < bytes.capacity()) {
      throw damaged(name, record, "the pack ends within it");
    }
    bytes.flip();
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), Integer.BYTES, read - Integer.BYTES);
    Optional<PackRecord> header = PackRecord.parse(record.offset(), bytes);
    if (header.isEmpty() || (int) crc.getValue() != header.get().crc()) {
      throw damaged(name, record, "its checksum does not match");
    }
    if (!header.get().equals(record)) {
      throw damaged(name, record, "its record is not the one that the index names");
    }
    return new StoredObject(
        record.id(),
        record.type(),
        record.lengthBytes(),
        record.encoding(),
        bytes.slice(PackFormat.RECORD_HEADER_BYTES, record.storedLengthBytes()));
  }

  static CorruptObjectException damaged(String name, PackRecord record, String reason) {
    return new CorruptObjectException(
        Optional.of(record.id()), Optional.of(new DamagePlace(name, record.offset())), reason);
  }

  /** Where the object lies, for messages. */
  public Optional<DamagePlace> placeOf(ObjectId id) throws CorruptObjectException {
    int found = find(id);
    return found < 0
        ? Optional.empty()
        : Optional.of(new DamagePlace(name, index.recordAt(found).offset()));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
