package io.dotfs.objectstore.pack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The constants of packs and indexes ({@code FORMAT.md}, "Pack", "Index"). */
final class PackFormat {
  /** The version that is written: since 2 there are deltas. */
  static final int VERSION = 2;

  /** The oldest version that is read. */
  static final int OLDEST_VERSION = 1;

  static final String PACK_SUFFIX = ".pack";
  static final String INDEX_SUFFIX = ".idx";

  /** {@code "dotfspak"}, {@code "dotfsend"} and {@code "dotfsidx"} as little-endian numbers. */
  static final long PACK_MAGIC = magic("dotfspak");

  static final long TRAILER_MAGIC = magic("dotfsend");
  static final long INDEX_MAGIC = magic("dotfsidx");

  /** Magic 8, version 4, zero 4. */
  static final int PACK_HEADER_BYTES = 16;

  /** Magic 8, count 8, SHA-256 32. */
  static final int PACK_TRAILER_BYTES = 48;

  /** CRC32C 4, type 1, encoding 1, zero 2, length 4, stored length 4, id 32. */
  static final int RECORD_HEADER_BYTES = 48;

  /** Magic 8, version 4, zero 4, count 8, pack length 8, pack SHA-256 32. */
  static final int INDEX_HEADER_BYTES = 64;

  /** 256 counts of ids whose first byte is at most the slot's number. */
  static final int FAN_OUT = 256;

  static final int FAN_OUT_BYTES = FAN_OUT * Integer.BYTES;

  /** Offset 8, CRC32C 4, length 4, stored length 4, type 1, encoding 1, zero 2. */
  static final int INDEX_ENTRY_BYTES = 24;

  /** CRC32C of everything before it. */
  static final int INDEX_TRAILER_BYTES = 4;

  private PackFormat() {}

  private static long magic(String text) {
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < Long.BYTES; i++) {
      buffer.put((byte) text.charAt(i));
    }
    return buffer.flip().getLong();
  }
}
