package io.dotfs.objectstore.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fields of a tar header block (POSIX.1-2017 pax, "ustar Interchange Format"; tar(5)), and the
 * numbers in them.
 */
final class TarFormat {
  static final int BLOCK = 512;

  /** GNU tar's record: archives are padded to a multiple of it. */
  static final int RECORD = 20 * BLOCK;

  static final int NAME = 0;
  static final int NAME_LENGTH = 100;
  static final int MODE = 100;
  static final int UID = 108;
  static final int GID = 116;
  static final int SIZE = 124;
  static final int MTIME = 136;
  static final int CHECKSUM = 148;
  static final int CHECKSUM_LENGTH = 8;
  static final int TYPE = 156;
  static final int LINK_NAME = 157;
  static final int MAGIC = 257;
  static final int MAJOR = 329;
  static final int MINOR = 337;
  static final int PREFIX = 345;
  static final int PREFIX_LENGTH = 155;

  static final int ID_LENGTH = 8;
  static final int LONG_LENGTH = 12;

  static final long MAX_ID = 07777777L;
  static final long MAX_LONG = 077777777777L;

  /** {@code ustar\0} and {@code 00}. */
  static final byte[] POSIX_MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

  private TarFormat() {}

  /** Bytes that follow {@code size} up to the next block. */
  static int padding(long size) {
    return (int) (-size & (BLOCK - 1));
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the sum of the block is the one that it says; old programs added signed bytes. */
  static boolean hasItsChecksum(byte[] block) {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      unsigned += own ? ' ' : block[i] & 0xff;
      signed += own ? ' ' : block[i];
    }
    long said;
    try {
      said = number(block, CHECKSUM, CHECKSUM_LENGTH);
    } catch (BadArchiveException e) {
      return false;
    }
    return said == unsigned || said == signed;
  }

  /** A number: octal digits between blanks and NULs, or base 256 if the first bit is set. */
  static long number(byte[] block, int offset, int length) throws BadArchiveException {
    if ((block[offset] & 0x80) != 0) {
      return base256(block, offset, length);
    }
    long value = 0;
    int at = offset;
    int end = offset + length;
    while (at < end && (block[at] == ' ' || block[at] == 0)) {
      at++;
    }
    while (at < end && block[at] >= '0' && block[at] <= '7') {
      value = (value << 3) | (block[at] - '0');
      at++;
    }
    if (at < end && block[at] != ' ' && block[at] != 0) {
      throw new BadArchiveException("a header of the tar is damaged: not a number");
    }
    return value;
  }

  /** GNU's form for numbers that octal digits have no room for: two's complement, big-endian. */
  private static long base256(byte[] block, int offset, int length) throws BadArchiveException {
    long value = (block[offset] & 0x40) != 0 ? -1 : 0;
    value = (value << 6) | (block[offset] & 0x3f);
    for (int i = 1; i < length; i++) {
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw new BadArchiveException("a header of the tar is damaged: a number out of range");
      }
      value = (value << 8) | (block[offset + i] & 0xff);
    }
    return value;
  }

  /** Puts octal digits and a NUL; the value must fit. */
  static void octal(byte[] block, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    if (value < 0 || digits.length() > length - 1) {
      throw new IllegalArgumentException(value + " in " + length + " bytes");
    }
    int begin = offset + length - 1 - digits.length();
    Arrays.fill(block, offset, begin, (byte) '0');
    for (int i = 0; i < digits.length(); i++) {
      block[begin + i] = (byte) digits.charAt(i);
    }
    block[offset + length - 1] = 0;
  }

  /** Puts the sum: six digits, NUL, blank. */
  static void sum(byte[] block) {
    Arrays.fill(block, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) ' ');
    long sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, CHECKSUM, CHECKSUM_LENGTH - 1, sum);
  }

  /** The bytes of a string field up to a NUL. */
  static byte[] string(byte[] block, int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, offset, end);
  }
}
