package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads packs from end to end, without their index. */
public final class PackScanner {
  private static final int BUFFER_BYTES = 1 << 20;

  private PackScanner() {}

  /**
   * Writes the index of a pack in {@code directory} that has none, or a damaged one. Synced when
   * this returns, except for the name.
   *
   * @throws CorruptObjectException if the pack is not whole; nothing is written then
   */
  public static void writeIndex(Path directory, Path pack, WriterLease lease)
      throws StoreException {
    String name = String.valueOf(pack.getFileName());
    try (PackChannel channel = new PackChannel(pack)) {
      ObjectId hash = verifyTrailer(channel, name);
      List<PackRecord> records = scan(channel, name);
      records.sort(Comparator.comparing(PackRecord::id));
      Path temporary =
          PackFiles.indexOf(PackFiles.temporaryPackIn(directory, lease, System.nanoTime()));
      PackFiles.writeSynced(temporary, PackIndex.encode(records, channel.sizeBytes(), hash));
      PackFiles.rename(temporary, PackFiles.indexOf(pack));
    } catch (IOException e) {
      throw StorageException.of("cannot write the index of " + pack, e);
    }
  }

  /**
   * Verifies header, trailer and the SHA-256 over the whole pack.
   *
   * @return that hash
   */
  static ObjectId verifyTrailer(PackChannel channel, String name) throws StoreException {
    long size = channel.sizeBytes();
    if (size < PackFormat.PACK_HEADER_BYTES + PackFormat.PACK_TRAILER_BYTES) {
      throw damaged(name, size, "the pack is cut off");
    }
    MessageDigest digest = ObjectHasher.sha256();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, size));
    long end = size - ObjectId.BYTES;
    for (long position = 0; position < end; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      int read = channel.read(position, buffer);
      if (read == 0) {
        throw damaged(name, position, "the pack is cut off");
      }
      digest.update(buffer.array(), 0, read);
      position += read;
    }
    ByteBuffer recorded = ByteBuffer.allocate(ObjectId.BYTES);
    channel.read(end, recorded);
    ObjectId hash = ObjectId.of(digest.digest());
    if (recorded.hasRemaining() || !hash.equals(ObjectId.readFrom(recorded.flip()))) {
      throw damaged(name, end, "the SHA-256 over the pack does not match");
    }
    verifyFrame(channel, name, size);
    return hash;
  }

  private static void verifyFrame(PackChannel channel, String name, long size)
      throws StoreException {
    ByteBuffer header =
        ByteBuffer.allocate(PackFormat.PACK_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    channel.read(0, header);
    if (header.hasRemaining() || header.getLong(0) != PackFormat.PACK_MAGIC) {
      throw damaged(name, 0, "this is no pack");
    }
    int version = header.getInt(8);
    if (version < PackFormat.OLDEST_VERSION || version > PackFormat.VERSION) {
      throw new UnsupportedFormatException(
          "pack " + name, version, PackFormat.OLDEST_VERSION, PackFormat.VERSION);
    }
    ByteBuffer trailer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long trailerAt = size - PackFormat.PACK_TRAILER_BYTES;
    channel.read(trailerAt, trailer);
    if (trailer.hasRemaining() || trailer.getLong(0) != PackFormat.TRAILER_MAGIC) {
      throw damaged(name, trailerAt, "the pack has no trailer");
    }
  }

  private static List<PackRecord> scan(PackChannel channel, String name) throws StoreException {
    List<PackRecord> records = new ArrayList<>();
    long end = channel.sizeBytes() - PackFormat.PACK_TRAILER_BYTES;
    ByteBuffer header = ByteBuffer.allocate(PackFormat.RECORD_HEADER_BYTES);
    for (long position = PackFormat.PACK_HEADER_BYTES; position < end; ) {
      channel.read(position, header.clear());
      Optional<PackRecord> record =
          header.hasRemaining() ? Optional.empty() : PackRecord.parse(position, header.flip());
      if (record.isEmpty() || record.get().endOffset() > end) {
        throw damaged(name, position, "no record begins here");
      }
      Pack.read(channel, name, record.get());
      records.add(record.get());
      position = record.get().endOffset();
    }
    return records;
  }

  private static CorruptObjectException damaged(String name, long offset, String reason) {
    return new CorruptObjectException(
        Optional.empty(), Optional.of(new DamagePlace(name, offset)), reason);
  }
}
