package io.dotfs.objectstore.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes one pack file. Appending is for any number of threads, and whole records are appended one
 * at a time; sealing and publishing are for one thread, after the last append.
 *
 * <p>Steps and what a crash after each leaves: append (a temporary file that the next opening
 * removes), {@link #seal} (the same; pack and index are durable), {@link #publish} (a pack without
 * index that the next opening indexes, then the whole).
 */
final class PackFileWriter {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path directory;
  private final Path temporary;
  private final FileChannel channel;
  private final PackChannel reads;
  private final Map<ObjectId, PackRecord> records = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final MessageDigest digest = ObjectHasher.sha256();

  @GuardedBy("lock")
  private final byte[] buffer = new byte[BUFFER_BYTES];

  @GuardedBy("lock")
  private int buffered;

  /** Bytes of the file that are written; what is buffered comes behind them. */
  @GuardedBy("lock")
  private long flushed;

  @GuardedBy("lock")
  private Optional<ObjectId> sealedHash = Optional.empty();

  private PackFileWriter(Path directory, Path temporary, FileChannel channel) {
    this.directory = directory;
    this.temporary = temporary;
    this.channel = channel;
    this.reads = new PackChannel(temporary);
  }

  /**
   * Begins a pack in {@code directory}.
   *
   * @param lease of the writer, which keeps others from removing the temporary file
   * @param number unique under that lease
   */
  static PackFileWriter create(Path directory, WriterLease lease, long number)
      throws StorageException {
    Path temporary = PackFiles.temporaryPackIn(directory, lease, number);
    try {
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        PackFileWriter writer = new PackFileWriter(directory, temporary, channel);
        ByteBuffer header =
            ByteBuffer.allocate(PackFormat.PACK_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(PackFormat.PACK_MAGIC).putInt(PackFormat.VERSION).putInt(0);
        synchronized (writer.lock) {
          writer.write(header.array(), header.capacity());
        }
        return writer;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw StorageException.of("cannot begin a pack in " + directory, e);
    }
  }

  /** How many objects were appended. */
  int count() {
    return records.size();
  }

  Optional<PackRecord> find(ObjectId id) {
    return Optional.ofNullable(records.get(id));
  }

  /**
   * Appends a record, unless the object is here already.
   *
   * @param record header (complete but for its checksum's place being known) and stored bytes
   * @return whether it was appended
   */
  boolean append(
      byte[] record, ObjectId id, ObjectType type, Encoding encoding, int length, int storedLength)
      throws StorageException {
    int crc = PackRecord.seal(record, id, type, encoding, length, storedLength);
    synchronized (lock) {
      if (records.containsKey(id)) {
        return false;
      }
      PackRecord entry =
          new PackRecord(id, flushed + buffered, crc, type, encoding, length, storedLength);
      try {
        write(record, entry.recordBytes());
      } catch (IOException e) {
        throw StorageException.of("cannot write " + temporary, e);
      }
      records.put(id, entry);
      return true;
    }
  }

  @GuardedBy("lock")
  private void write(byte[] bytes, int length) throws IOException {
    if (length > BUFFER_BYTES - buffered) {
      flush();
    }
    if (length > BUFFER_BYTES) {
      digest.update(bytes, 0, length);
      writeFully(bytes, length);
    } else {
      System.arraycopy(bytes, 0, buffer, buffered, length);
      buffered += length;
    }
  }

  @GuardedBy("lock")
  private void flush() throws IOException {
    digest.update(buffer, 0, buffered);
    int length = buffered;
    buffered = 0;
    writeFully(buffer, length);
  }

  @GuardedBy("lock")
  private void writeFully(byte[] bytes, int length) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
    while (source.hasRemaining()) {
      flushed += channel.write(source, flushed);
    }
  }

  /** Reads back what was appended. */
  StoredObject read(PackRecord record) throws StoreException {
    synchronized (lock) {
      if (record.endOffset() > flushed) {
        try {
          flush();
        } catch (IOException e) {
          throw StorageException.of("cannot write " + temporary, e);
        }
      }
    }
    return Pack.read(reads, String.valueOf(temporary.getFileName()), record);
  }

  /**
   * Writes the trailer and the index and syncs both. Nothing is visible yet.
   *
   * @return the pack under its temporary name, for reading; the caller closes it
   */
  Pack seal() throws StoreException {
    synchronized (lock) {
      try {
        ByteBuffer trailer =
            ByteBuffer.allocate(PackFormat.PACK_TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        trailer.putLong(PackFormat.TRAILER_MAGIC).putLong(records.size());
        write(trailer.array(), trailer.position());
        flush();
        byte[] hash = digest.digest();
        writeFully(hash, hash.length);
        channel.force(true);
        ObjectId packHash = ObjectId.of(hash);
        List<PackRecord> sorted = new ArrayList<>(records.values());
        sorted.sort(Comparator.comparing(PackRecord::id));
        PackFiles.writeSynced(
            PackFiles.indexOf(temporary), PackIndex.encode(sorted, flushed, packHash));
        sealedHash = Optional.of(packHash);
        return Pack.open(temporary);
      } catch (IOException e) {
        throw StorageException.of("cannot write " + temporary, e);
      }
    }
  }

  /** Drops the list of what was appended; the sealed pack's index has it. */
  void forget() {
    records.clear();
  }

  /**
   * Gives the sealed pack and then its index their names. The caller syncs the directory.
   *
   * @return the finished pack
   */
  Path publish() throws StorageException {
    synchronized (lock) {
      Path pack = PackFiles.packIn(directory, sealedHash.orElseThrow());
      try {
        PackFiles.rename(temporary, pack);
        PackFiles.rename(PackFiles.indexOf(temporary), PackFiles.indexOf(pack));
        channel.close();
        reads.close();
        return pack;
      } catch (IOException e) {
        throw StorageException.of("cannot publish " + pack, e);
      }
    }
  }

  /** Closes and removes the temporary files. Does nothing to what was published. */
  void discard() throws StorageException {
    try {
      channel.close();
      reads.close();
      Files.deleteIfExists(temporary);
      Files.deleteIfExists(PackFiles.indexOf(temporary));
    } catch (IOException e) {
      throw StorageException.of("cannot remove " + temporary, e);
    }
  }
}
