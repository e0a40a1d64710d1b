package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.ByteName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of a pax extended header: {@code "length keyword=value\n"}. Keywords stand here as
 * ISO 8859-1, so that each byte is one character; values are bytes.
 */
final class PaxRecords {
  /** One record. */
  record Entry(String keyword, ByteName value) {
    String text() {
      return latin(value);
    }
  }

  private PaxRecords() {}

  /** Bytes as characters of the same number. */
  static String latin(ByteName bytes) {
    return new String(bytes.toBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Reads all records of a header, in their order: some keywords may stand more than once. */
  static List<Entry> decode(byte[] header) throws BadArchiveException {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    while (at < header.length) {
      int digits = at;
      long length = 0;
      while (digits < header.length && header[digits] >= '0' && header[digits] <= '9') {
        length = length * 10 + (header[digits] - '0');
        if (length > header.length) {
          throw bad();
        }
        digits++;
      }
      long end = at + length;
      if (digits == at
          || end > header.length
          || end <= digits + 1
          || header[digits] != ' '
          || header[(int) end - 1] != '\n') {
        throw bad();
      }
      int equals = digits + 1;
      while (equals < end - 1 && header[equals] != '=') {
        equals++;
      }
      if (equals == digits + 1 || equals == end - 1) {
        throw bad();
      }
      entries.add(
          new Entry(
              new String(header, digits + 1, equals - digits - 1, StandardCharsets.ISO_8859_1),
              ByteName.of(Arrays.copyOfRange(header, equals + 1, (int) end - 1))));
      at = (int) end;
    }
    return entries;
  }

  private static BadArchiveException bad() {
    return new BadArchiveException("an extended header of the tar is damaged");
  }

  /** Appends a record. */
  static void encode(ByteArrayOutputStream out, String keyword, byte[] value) {
    int rest = keyword.length() + value.length + 3;
    int length = rest + String.valueOf(rest).length();
    if (String.valueOf(length).length() != String.valueOf(rest).length()) {
      length = rest + String.valueOf(length).length();
    }
    out.writeBytes((length + " " + keyword + "=").getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(value);
    out.write('\n');
  }
}
