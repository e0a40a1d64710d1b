package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where an object lies in a pack, and how: what an index says of it.
 *
 * @param id the object
 * @param offset of its record, from the pack's beginning
 * @param crc CRC32C of the record behind this checksum
 * @param type its type
 * @param encoding of the stored bytes
 * @param lengthBytes length of the payload
 * @param storedLengthBytes length of the stored bytes, without the record's header
 */
record PackRecord(
    ObjectId id,
    long offset,
    int crc,
    ObjectType type,
    Encoding encoding,
    int lengthBytes,
    int storedLengthBytes) {

  /** Length of the whole record. */
  int recordBytes() {
    return PackFormat.RECORD_HEADER_BYTES + storedLengthBytes;
  }

  /** Offset of the first byte behind it. */
  long endOffset() {
    return offset + recordBytes();
  }

  ObjectInfo info() {
    return new ObjectInfo(type, lengthBytes, recordBytes());
  }

  /**
   * Completes a record in {@code record}, which holds room for the header at {@code start} and the
   * stored bytes behind it.
   *
   * @return its checksum
   */
  static int seal(
      byte[] record,
      ObjectId id,
      ObjectType type,
      Encoding encoding,
      int lengthBytes,
      int storedLengthBytes) {
    ByteBuffer header = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    header.position(Integer.BYTES);
    header.put((byte) type.code()).put((byte) encoding.code()).putShort((short) 0);
    header.putInt(lengthBytes).putInt(storedLengthBytes);
    id.writeTo(header);
    CRC32C crc = new CRC32C();
    crc.update(
        record, Integer.BYTES, PackFormat.RECORD_HEADER_BYTES - Integer.BYTES + storedLengthBytes);
    int value = (int) crc.getValue();
    header.putInt(0, value);
    return value;
  }

  /**
   * Reads the header of the record at {@code offset}, without its stored bytes.
   *
   * @param header at least {@link PackFormat#RECORD_HEADER_BYTES} from position on; it stays
   * @return nothing if that is no header of a record
   */
  static Optional<PackRecord> parse(long offset, ByteBuffer header) {
    ByteBuffer in = header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int crc = in.getInt();
    int typeCode = in.get();
    int encodingCode = in.get();
    int zero = in.getShort();
    int length = in.getInt();
    int storedLength = in.getInt();
    ObjectId id = ObjectId.readFrom(in);
    if (zero != 0 || !isPlausible(typeCode, encodingCode, length, storedLength)) {
      return Optional.empty();
    }
    return Optional.of(
        new PackRecord(
            id,
            offset,
            crc,
            ObjectType.ofCode(typeCode),
            Encoding.ofCode(encodingCode),
            length,
            storedLength));
  }

  /** Whether the fields of a record are within their limits and fit each other. */
  static boolean isPlausible(int typeCode, int encodingCode, int length, int storedLength) {
    if (!ObjectType.isCode(typeCode) || !Encoding.isCode(encodingCode)) {
      return false;
    }
    if (length < 0 || length > ObjectType.ofCode(typeCode).maxLengthBytes() || storedLength < 0) {
      return false;
    }
    return StoredObject.isPlausible(Encoding.ofCode(encodingCode), length, storedLength);
  }
}
