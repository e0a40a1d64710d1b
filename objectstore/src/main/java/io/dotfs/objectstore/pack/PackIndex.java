package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * An index, memory-mapped in windows below 2 GiB. Its checksum is verified when it is opened, so
 * that a look-up never trusts damaged bytes. Immutable; any number of threads may use one. The
 * mapping ends when the object is collected.
 */
final class PackIndex {
  private static final int WINDOW_LOG2 = 30;

  private final String name;
  private final ByteBuffer[] windows;
  private final int[] fanOut;
  private final int count;
  private final long packBytes;
  private final ObjectId packHash;
  private final long sizeBytes;

  private PackIndex(
      String name,
      ByteBuffer[] windows,
      int[] fanOut,
      long packBytes,
      ObjectId packHash,
      long sizeBytes) {
    this.name = name;
    this.windows = windows;
    this.fanOut = fanOut;
    this.count = fanOut[PackFormat.FAN_OUT];
    this.packBytes = packBytes;
    this.packHash = packHash;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Maps and verifies the index in {@code file}: reads it once.
   *
   * @throws UnsupportedFormatException if a newer program wrote it
   * @throws CorruptObjectException if it is damaged
   * @throws StorageException if it cannot be read
   */
  static PackIndex open(Path file) throws StoreException {
    String name = String.valueOf(file.getFileName());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size
          < PackFormat.INDEX_HEADER_BYTES
              + PackFormat.FAN_OUT_BYTES
              + PackFormat.INDEX_TRAILER_BYTES) {
        throw damaged(name, 0, "the index is cut off");
      }
      ByteBuffer[] windows = map(channel, size);
      ByteBuffer head = windows[0];
      if (head.getLong(0) != PackFormat.INDEX_MAGIC) {
        throw damaged(name, 0, "this is no index");
      }
      int version = head.getInt(8);
      verifyChecksum(name, windows, size);
      if (version < PackFormat.OLDEST_VERSION || version > PackFormat.VERSION) {
        throw new UnsupportedFormatException(
            "index " + name, version, PackFormat.OLDEST_VERSION, PackFormat.VERSION);
      }
      int[] fanOut = new int[PackFormat.FAN_OUT + 1];
      for (int i = 0; i < PackFormat.FAN_OUT; i++) {
        fanOut[i + 1] = head.getInt(PackFormat.INDEX_HEADER_BYTES + Integer.BYTES * i);
        if (fanOut[i + 1] < fanOut[i]) {
          throw damaged(name, PackFormat.INDEX_HEADER_BYTES, "its fan-out decreases");
        }
      }
      int count = fanOut[PackFormat.FAN_OUT];
      if (head.getLong(16) != count || size != fileBytes(count)) {
        throw damaged(name, 16, "its count does not fit its length");
      }
      ObjectId packHash = ObjectId.readFrom(head.slice(32, ObjectId.BYTES));
      return new PackIndex(name, windows, fanOut, head.getLong(24), packHash, size);
    } catch (IOException e) {
      throw StorageException.of("cannot read index " + file, e);
    }
  }

  private static long fileBytes(long count) {
    return PackFormat.INDEX_HEADER_BYTES
        + PackFormat.FAN_OUT_BYTES
        + count * (ObjectId.BYTES + PackFormat.INDEX_ENTRY_BYTES)
        + PackFormat.INDEX_TRAILER_BYTES;
  }

  private static ByteBuffer[] map(FileChannel channel, long size) throws IOException {
    int windowCount = (int) ((size - 1) >>> WINDOW_LOG2) + 1;
    ByteBuffer[] windows = new ByteBuffer[windowCount];
    for (int i = 0; i < windowCount; i++) {
      long start = (long) i << WINDOW_LOG2;
      long length = Math.min(1L << WINDOW_LOG2, size - start);
      windows[i] =
          channel.map(FileChannel.MapMode.READ_ONLY, start, length).order(ByteOrder.LITTLE_ENDIAN);
    }
    return windows;
  }

  private static void verifyChecksum(String name, ByteBuffer[] windows, long size)
      throws CorruptObjectException {
    long end = size - PackFormat.INDEX_TRAILER_BYTES;
    CRC32C crc = new CRC32C();
    for (int i = 0; i < windows.length; i++) {
      long start = (long) i << WINDOW_LOG2;
      int length = (int) Math.min(windows[i].capacity(), Math.max(0, end - start));
      crc.update(windows[i].slice(0, length));
    }
    int recorded = 0;
    for (int i = 0; i < PackFormat.INDEX_TRAILER_BYTES; i++) {
      long at = end + i;
      int b = windows[(int) (at >>> WINDOW_LOG2)].get((int) at & ((1 << WINDOW_LOG2) - 1));
      recorded |= (b & 0xff) << (8 * i);
    }
    if (recorded != (int) crc.getValue()) {
      throw damaged(name, end, "its checksum does not match");
    }
  }

  private static CorruptObjectException damaged(String name, long offset, String reason) {
    return new CorruptObjectException(
        Optional.empty(), Optional.of(new DamagePlace(name, offset)), reason);
  }

  private long longAt(long position) {
    return windows[(int) (position >>> WINDOW_LOG2)].getLong(
        (int) position & ((1 << WINDOW_LOG2) - 1));
  }

  private int intAt(long position) {
    return windows[(int) (position >>> WINDOW_LOG2)].getInt(
        (int) position & ((1 << WINDOW_LOG2) - 1));
  }

  private static long idPosition(int index) {
    return PackFormat.INDEX_HEADER_BYTES + PackFormat.FAN_OUT_BYTES + (long) index * ObjectId.BYTES;
  }

  /** How many objects there are. */
  int count() {
    return count;
  }

  /** Length of the pack. */
  long packBytes() {
    return packBytes;
  }

  /** SHA-256 in the pack's trailer. */
  ObjectId packHash() {
    return packHash;
  }

  /** Length of the index file. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** The id at {@code index} in sorted order. */
  ObjectId idAt(int index) {
    long position = idPosition(index);
    ByteBuffer window = windows[(int) (position >>> WINDOW_LOG2)];
    return ObjectId.readFrom(
        window.slice((int) position & ((1 << WINDOW_LOG2) - 1), ObjectId.BYTES));
  }

  /** Index of the first id that is not less than {@code id}. */
  int lowerBound(ObjectId id) {
    int low = fanOut[id.firstByte()];
    int high = fanOut[id.firstByte() + 1];
    long prefix = id.prefix();
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(Long.reverseBytes(longAt(idPosition(middle))), prefix);
      if (order == 0) {
        order = idAt(middle).compareTo(id);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The index of {@code id}, or -1. */
  int indexOf(ObjectId id) {
    int first = fanOut[id.firstByte()];
    int behind = fanOut[id.firstByte() + 1];
    if (first == behind) {
      return -1;
    }
    int found = lowerBound(id);
    return found < behind
            && Long.reverseBytes(longAt(idPosition(found))) == id.prefix()
            && idAt(found).equals(id)
        ? found
        : -1;
  }

  /**
   * What the index says of the object at {@code index}.
   *
   * @throws CorruptObjectException if that cannot be
   */
  PackRecord recordAt(int index) throws CorruptObjectException {
    long position = idPosition(count) + (long) index * PackFormat.INDEX_ENTRY_BYTES;
    long offset = longAt(position);
    int crc = intAt(position + 8);
    int length = intAt(position + 12);
    int storedLength = intAt(position + 16);
    int codes = intAt(position + 20);
    int typeCode = codes & 0xff;
    int encodingCode = codes >>> 8 & 0xff;
    if (codes >>> 16 != 0
        || !PackRecord.isPlausible(typeCode, encodingCode, length, storedLength)
        || offset < PackFormat.PACK_HEADER_BYTES
        || offset
            > packBytes
                - PackFormat.PACK_TRAILER_BYTES
                - PackFormat.RECORD_HEADER_BYTES
                - storedLength) {
      throw new CorruptObjectException(
          Optional.of(idAt(index)),
          Optional.of(new DamagePlace(name, position)),
          "its index entry cannot be");
    }
    return new PackRecord(
        idAt(index),
        offset,
        crc,
        ObjectType.ofCode(typeCode),
        Encoding.ofCode(encodingCode),
        length,
        storedLength);
  }

  /** The encoded index of {@code records}, which are sorted by id, each once. */
  static ByteBuffer encode(List<PackRecord> records, long packBytes, ObjectId packHash) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(fileBytes(records.size())))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(PackFormat.INDEX_MAGIC).putInt(PackFormat.VERSION).putInt(0);
    out.putLong(records.size()).putLong(packBytes);
    packHash.writeTo(out);
    int slot = 0;
    for (int i = 0; i < records.size(); i++) {
      for (; slot < records.get(i).id().firstByte(); slot++) {
        out.putInt(i);
      }
    }
    for (; slot < PackFormat.FAN_OUT; slot++) {
      out.putInt(records.size());
    }
    for (PackRecord record : records) {
      record.id().writeTo(out);
    }
    for (PackRecord record : records) {
      out.putLong(record.offset()).putInt(record.crc());
      out.putInt(record.lengthBytes()).putInt(record.storedLengthBytes());
      out.put((byte) record.type().code()).put((byte) record.encoding().code());
      out.putShort((short) 0);
    }
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.position());
    out.putInt((int) crc.getValue());
    return out.flip();
  }
}
