package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file {@code refs} of a {@link FileRefStore}, all of it: UTF-8 lines,
 *
 * <pre>
 *   dotfs-refs 1
 *   sequence N                  number of the last batch, from 0
 *   ref ID NAME                 each ref, by name
 *   log NAME ENTRY              each change of the last batch; ENTRY as in {@link ReflogLine}
 *   end CRC                     CRC32C of all bytes before this line, 8 hex digits
 * </pre>
 *
 * @param sequence how many batches have changed this store
 * @param refs all refs
 * @param last what the last batch changed
 */
record RefTable(long sequence, SortedMap<RefName, ObjectId> refs, List<RefBatch.Logged> last) {
  static final RefTable EMPTY = new RefTable(0, new TreeMap<>(), List.of());
  private static final String MAGIC = "dotfs-refs ";
  private static final int VERSION = 1;

  byte[] encode() {
    StringBuilder text = new StringBuilder(64 + 128 * (refs.size() + last.size()));
    text.append(MAGIC).append(VERSION).append('\n');
    text.append("sequence ").append(sequence).append('\n');
    for (Map.Entry<RefName, ObjectId> ref : refs.entrySet()) {
      text.append("ref ").append(ref.getValue().toHex()).append(' ').append(ref.getKey());
      text.append('\n');
    }
    for (RefBatch.Logged change : last) {
      text.append("log ").append(change.name()).append(' ');
      text.append(ReflogLine.encode(change.entry())).append('\n');
    }
    String checksum = checksum(text.toString());
    text.append("end ").append(checksum).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Decodes a file.
   *
   * @throws StorageException if it is damaged
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  static RefTable decode(byte[] bytes) throws StoreException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    checkVersion(text);
    int end = text.lastIndexOf("\nend ") + 1;
    if (end == 0 || !text.substring(end).equals("end " + checksum(text.substring(0, end)) + "\n")) {
      throw damaged("its checksum is wrong");
    }
    List<String> lines = text.substring(0, end).lines().toList();
    long sequence = 0;
    SortedMap<RefName, ObjectId> refs = new TreeMap<>();
    List<RefBatch.Logged> last = new ArrayList<>();
    try {
      for (int i = 1; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("sequence ")) {
          sequence = Long.parseLong(line.substring("sequence ".length()));
        } else if (line.startsWith("ref ")) {
          int name = 4 + ObjectId.HEX_DIGITS + 1;
          refs.put(
              new RefName(line.substring(name)), ObjectId.fromHex(line.substring(4, name - 1)));
        } else if (line.startsWith("log ")) {
          int space = line.indexOf(' ', 4);
          last.add(
              new RefBatch.Logged(
                  new RefName(line.substring(4, space)),
                  ReflogLine.decode(line.substring(space + 1))));
        } else {
          throw damaged("line " + (i + 1) + " is not known");
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new StorageException("the file refs is damaged: " + e.getMessage(), false, e);
    }
    return new RefTable(sequence, refs, List.copyOf(last));
  }

  private static void checkVersion(String text) throws StoreException {
    int lineEnd = text.indexOf('\n');
    if (!text.startsWith(MAGIC) || lineEnd < 0) {
      throw damaged("it does not begin as one");
    }
    String version = text.substring(MAGIC.length(), lineEnd);
    if (!version.matches("[0-9]{1,9}")) {
      throw damaged("it has no format version");
    }
    if (Integer.parseInt(version) != VERSION) {
      throw new UnsupportedFormatException(
          "the file refs", Integer.parseInt(version), VERSION, VERSION);
    }
  }

  private static StorageException damaged(String why) {
    return new StorageException("the file refs is damaged: " + why, false);
  }

  /** CRC32C of the UTF-8 form, in hex. */
  static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
