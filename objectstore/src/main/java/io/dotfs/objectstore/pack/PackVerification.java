package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.codec.StrictDecoding;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.DeltaBases;
import io.dotfs.objectstore.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads one pack and its index from disk, every byte, and compares everything that can be compared:
 * checksums, ids, canonical forms, that the records fill the pack, and the hash over the whole.
 */
public final class PackVerification {
  private final Path file;
  private final String name;
  private final Compression compression;
  private final DeltaBases bases;
  private final Listener listener;
  private boolean damaged;

  /** What a verification tells, in the order of the pack. */
  public interface Listener {
    /** One object was looked at; {@code storedBytes} is what it takes in the pack. */
    void object(ObjectId id, int storedBytes) throws StoreException;

    /** Something is damaged; verification goes on. */
    void damage(CorruptObjectException damage) throws StoreException;
  }

  private PackVerification(
      Path file, Compression compression, DeltaBases bases, Listener listener) {
    this.file = file;
    this.name = String.valueOf(file.getFileName());
    this.compression = compression;
    this.bases = bases;
    this.listener = listener;
  }

  /**
   * Verifies the pack in {@code file}.
   *
   * @param bases asked for what differences are differences to
   * @throws StorageException if it cannot be read
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static void verify(Path file, Compression compression, DeltaBases bases, Listener listener)
      throws StoreException {
    new PackVerification(file, compression, bases, listener).run();
  }

  private void run() throws StoreException {
    Pack opened;
    try {
      opened = Pack.open(file);
    } catch (CorruptObjectException e) {
      listener.damage(e);
      return;
    }
    try (Pack pack = opened) {
      records(pack);
      whole(pack);
    } catch (IOException e) {
      throw StorageException.of("cannot read " + file, e);
    }
  }

  private void damage(Optional<ObjectId> id, long offset, String reason) throws StoreException {
    report(new CorruptObjectException(id, Optional.of(new DamagePlace(name, offset)), reason));
  }

  private void report(CorruptObjectException damage) throws StoreException {
    damaged = true;
    listener.damage(damage);
  }

  private void records(Pack pack) throws StoreException {
    long end = PackFormat.PACK_HEADER_BYTES;
    for (PackRecord record : byOffset(pack)) {
      if (record.offset() != end) {
        damage(Optional.of(record.id()), record.offset(), "its record is not behind the last one");
      }
      end = record.endOffset();
      try {
        check(pack, record);
      } catch (CorruptObjectException e) {
        report(e.place().isPresent() ? e : Pack.damaged(name, record, e.reason()));
      }
      listener.object(record.id(), record.recordBytes());
    }
    if (end != pack.index().packBytes() - PackFormat.PACK_TRAILER_BYTES) {
      damage(Optional.empty(), end, "there are bytes behind the last record");
    }
  }

  private List<PackRecord> byOffset(Pack pack) throws StoreException {
    List<PackRecord> records = new ArrayList<>(pack.count());
    ObjectId last = null;
    for (int i = 0; i < pack.count(); i++) {
      try {
        PackRecord record = pack.index().recordAt(i);
        if (last != null && last.compareTo(record.id()) >= 0) {
          damage(Optional.of(record.id()), record.offset(), "the index is not sorted");
        }
        last = record.id();
        records.add(record);
      } catch (CorruptObjectException e) {
        report(e);
      }
    }
    records.sort(Comparator.comparingLong(PackRecord::offset));
    return records;
  }

  private void check(Pack pack, PackRecord record) throws StoreException {
    StoredObject stored = Pack.read(pack.channel(), name, record);
    ByteBuffer payload = ByteBuffer.wrap(compression.decode(stored, bases));
    if (!ObjectHasher.hash(record.type(), payload).equals(record.id())) {
      throw Pack.damaged(name, record, "its content has another id");
    }
    StrictDecoding.check(record.type(), payload);
  }

  private void whole(Pack pack) throws StoreException {
    long size = pack.channel().sizeBytes();
    if (size != pack.index().packBytes()) {
      damage(
          Optional.empty(),
          Math.min(size, pack.index().packBytes()),
          "the pack has " + size + " bytes instead of " + pack.index().packBytes());
      return;
    }
    if (damaged) {
      // The hash over the whole cannot match, and the damage is named already.
      return;
    }
    try {
      ObjectId hash = PackScanner.verifyTrailer(pack.channel(), name);
      if (!hash.equals(pack.index().packHash())) {
        damage(Optional.empty(), 0, "the index belongs to another pack");
      }
    } catch (CorruptObjectException e) {
      report(e);
    }
  }
}
