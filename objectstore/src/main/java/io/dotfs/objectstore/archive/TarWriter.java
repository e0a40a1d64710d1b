package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a tar in the pax format; the same members give the same bytes. An extended header is there
 * only for what the member's block has no room for. One thread.
 */
final class TarWriter {
  private static final byte[] BINARY = "BINARY".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;
  private long written;

  /** Writes to {@code out}, which stays the caller's. */
  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Says of which commit this is; first. */
  void begin(ObjectId commit) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    PaxRecords.encode(records, "comment", MemberNotes.ofArchive(commit));
    extended('g', "pax_global_header".getBytes(StandardCharsets.US_ASCII), records.toByteArray());
  }

  /** A member without bytes of its own. */
  void member(ByteName path, Attributes attributes, char type, ByteName linkTarget)
      throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    byte[] block = block(records, path.toBytes(), attributes, type);
    link(records, block, linkTarget.toBytes());
    finish(records, block, path, attributes);
  }

  /** A regular file; {@code map.storedBytes()} bytes are written next. */
  void file(ByteName path, Attributes attributes, SparseMap map) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (!map.isSparse()) {
      byte[] block = block(records, path.toBytes(), attributes, '0');
      size(records, block, map.storedBytes());
      finish(records, block, path, attributes);
      return;
    }
    text(records, "GNU.sparse.major", "1");
    text(records, "GNU.sparse.minor", "0");
    PaxRecords.encode(records, "GNU.sparse.name", path.toBytes());
    text(records, "GNU.sparse.realsize", String.valueOf(map.sizeBytes()));
    byte[] block = block(records, beside(path, "GNUSparseFile.0"), attributes, '0');
    long mapBytes = writeMap(map, false);
    size(records, block, mapBytes + map.storedBytes());
    finish(records, block, path, attributes);
    writeMap(map, true);
  }

  /** Writes a piece of the bytes of a file. */
  void data(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    written += length;
  }

  /** Fills the last block of a file's bytes. */
  void endOfData() throws IOException {
    pad(TarFormat.padding(written));
  }

  /** Marks the end. */
  void end() throws IOException {
    pad(2 * TarFormat.BLOCK);
    pad((int) ((TarFormat.RECORD - written % TarFormat.RECORD) % TarFormat.RECORD));
    out.flush();
  }

  private void pad(int bytes) throws IOException {
    data(new byte[bytes], bytes);
  }

  private static void text(ByteArrayOutputStream records, String keyword, String value) {
    PaxRecords.encode(records, keyword, value.getBytes(StandardCharsets.US_ASCII));
  }

  /** The block with all but size, link and sum. */
  private static byte[] block(
      ByteArrayOutputStream records, byte[] path, Attributes attributes, char type) {
    byte[] block = new byte[TarFormat.BLOCK];
    if (!putPath(block, path)) {
      binary(records, path);
      PaxRecords.encode(records, "path", path);
      System.arraycopy(path, path.length - TarFormat.NAME_LENGTH, block, 0, TarFormat.NAME_LENGTH);
    }
    TarFormat.octal(block, TarFormat.MODE, TarFormat.ID_LENGTH, attributes.permissions());
    id(records, block, TarFormat.UID, "uid", attributes.owner().uid());
    id(records, block, TarFormat.GID, "gid", attributes.owner().gid());
    TarFormat.octal(block, TarFormat.SIZE, TarFormat.LONG_LENGTH, 0);
    mtime(records, block, attributes.mtime());
    block[TarFormat.TYPE] = (byte) type;
    System.arraycopy(
        TarFormat.POSIX_MAGIC, 0, block, TarFormat.MAGIC, TarFormat.POSIX_MAGIC.length);
    int device = attributes.device();
    TarFormat.octal(block, TarFormat.MAJOR, TarFormat.ID_LENGTH, (device >>> 8) & 0xfff);
    TarFormat.octal(
        block, TarFormat.MINOR, TarFormat.ID_LENGTH, (device & 0xff) | ((device >>> 12) & 0xfff00));
    return block;
  }

  /** Puts a path into name, or prefix and name, if there is a place to divide it. */
  private static boolean putPath(byte[] block, byte[] path) {
    if (path.length <= TarFormat.NAME_LENGTH) {
      System.arraycopy(path, 0, block, TarFormat.NAME, path.length);
      return true;
    }
    int first = path.length - TarFormat.NAME_LENGTH - 1;
    for (int at = Math.max(1, first); at <= TarFormat.PREFIX_LENGTH && at < path.length - 1; at++) {
      if (path[at] == '/') {
        System.arraycopy(path, 0, block, TarFormat.PREFIX, at);
        System.arraycopy(path, at + 1, block, TarFormat.NAME, path.length - at - 1);
        return true;
      }
    }
    return false;
  }

  /** Says that names are bytes, where they are not the UTF-8 that the format asks for. */
  private static void binary(ByteArrayOutputStream records, byte[] name) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
    } catch (CharacterCodingException e) {
      PaxRecords.encode(records, "hdrcharset", BINARY);
    }
  }

  private static void id(
      ByteArrayOutputStream records, byte[] block, int offset, String keyword, int id) {
    long value = Integer.toUnsignedLong(id);
    if (value > TarFormat.MAX_ID) {
      text(records, keyword, String.valueOf(value));
    }
    TarFormat.octal(block, offset, TarFormat.ID_LENGTH, value > TarFormat.MAX_ID ? 0 : value);
  }

  private static void mtime(ByteArrayOutputStream records, byte[] block, Mtime mtime) {
    boolean fits = mtime.seconds() >= 0 && mtime.seconds() <= TarFormat.MAX_LONG;
    TarFormat.octal(block, TarFormat.MTIME, TarFormat.LONG_LENGTH, fits ? mtime.seconds() : 0);
    if (!fits || mtime.nanos() != 0) {
      text(records, "mtime", decimal(mtime));
    }
  }

  /**
   * Seconds with the nanoseconds as fraction: of what is before 1970, minus the time until then.
   */
  private static String decimal(Mtime mtime) {
    if (mtime.nanos() == 0) {
      return String.valueOf(mtime.seconds());
    }
    boolean before = mtime.seconds() < 0;
    long seconds = before ? -(mtime.seconds() + 1) : mtime.seconds();
    int nanos = before ? 1_000_000_000 - mtime.nanos() : mtime.nanos();
    String fraction = String.valueOf(1_000_000_000 + nanos).substring(1).replaceAll("0+$", "");
    return (before ? "-" : "") + seconds + "." + fraction;
  }

  private static void size(ByteArrayOutputStream records, byte[] block, long size) {
    boolean fits = size <= TarFormat.MAX_LONG;
    if (!fits) {
      text(records, "size", String.valueOf(size));
    }
    TarFormat.octal(block, TarFormat.SIZE, TarFormat.LONG_LENGTH, fits ? size : 0);
  }

  private static void link(ByteArrayOutputStream records, byte[] block, byte[] target) {
    int length = Math.min(target.length, TarFormat.NAME_LENGTH);
    System.arraycopy(target, 0, block, TarFormat.LINK_NAME, length);
    if (target.length > TarFormat.NAME_LENGTH) {
      binary(records, target);
      PaxRecords.encode(records, "linkpath", target);
    }
  }

  /** Adds what only records can say, and writes them and the block. */
  private void finish(
      ByteArrayOutputStream records, byte[] block, ByteName path, Attributes attributes)
      throws IOException {
    for (Map.Entry<ByteName, ByteName> xattr : attributes.xattrs().values().entrySet()) {
      Optional<byte[]> acl =
          xattr.getKey().equals(AclText.ACCESS) || xattr.getKey().equals(AclText.DEFAULT)
              ? AclText.text(xattr.getValue())
              : Optional.empty();
      if (acl.isPresent()) {
        String which = xattr.getKey().equals(AclText.ACCESS) ? "access" : "default";
        PaxRecords.encode(records, "SCHILY.acl." + which, acl.get());
      } else {
        String name = new String(xattr.getKey().toBytes(), StandardCharsets.ISO_8859_1);
        PaxRecords.encode(
            records,
            "SCHILY.xattr." + name.replace("%", "%25").replace("=", "%3D"),
            xattr.getValue().toBytes());
      }
    }
    MemberNotes notes = MemberNotes.of(attributes.type(), attributes.linkGroup());
    if (!notes.isEmpty()) {
      PaxRecords.encode(records, "comment", notes.encode());
    }
    if (records.size() > 0) {
      extended('x', beside(path, "PaxHeaders"), records.toByteArray());
    }
    TarFormat.sum(block);
    data(block, block.length);
  }

  /** {@code dir/WORD/name}, as GNU tar does it, where there is room for that. */
  private static byte[] beside(ByteName path, String word) {
    byte[] whole = path.toBytes();
    int end = whole.length > 1 && whole[whole.length - 1] == '/' ? whole.length - 1 : whole.length;
    int slash = end - 1;
    while (slash >= 0 && whole[slash] != '/') {
      slash--;
    }
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    name.write(whole, 0, slash + 1);
    name.writeBytes(word.getBytes(StandardCharsets.US_ASCII));
    name.write('/');
    name.write(whole, slash + 1, end - slash - 1);
    return name.size() <= TarFormat.NAME_LENGTH
        ? name.toByteArray()
        : (word + "/name").getBytes(StandardCharsets.US_ASCII);
  }

  private void extended(char type, byte[] name, byte[] records) throws IOException {
    byte[] block = new byte[TarFormat.BLOCK];
    System.arraycopy(name, 0, block, TarFormat.NAME, name.length);
    TarFormat.octal(block, TarFormat.MODE, TarFormat.ID_LENGTH, 0644);
    TarFormat.octal(block, TarFormat.UID, TarFormat.ID_LENGTH, 0);
    TarFormat.octal(block, TarFormat.GID, TarFormat.ID_LENGTH, 0);
    TarFormat.octal(block, TarFormat.SIZE, TarFormat.LONG_LENGTH, records.length);
    TarFormat.octal(block, TarFormat.MTIME, TarFormat.LONG_LENGTH, 0);
    block[TarFormat.TYPE] = (byte) type;
    System.arraycopy(
        TarFormat.POSIX_MAGIC, 0, block, TarFormat.MAGIC, TarFormat.POSIX_MAGIC.length);
    TarFormat.octal(block, TarFormat.MAJOR, TarFormat.ID_LENGTH, 0);
    TarFormat.octal(block, TarFormat.MINOR, TarFormat.ID_LENGTH, 0);
    TarFormat.sum(block);
    data(block, block.length);
    data(records, records.length);
    pad(TarFormat.padding(records.length));
  }

  /** Writes the map of a sparse file, padded, or only counts its bytes. */
  private long writeMap(SparseMap map, boolean write) throws IOException {
    long bytes = 0;
    int last = map.count() - 1;
    boolean endsInHole = last < 0 || map.offset(last) + map.length(last) < map.sizeBytes();
    StringBuilder lines = new StringBuilder();
    lines.append(map.count() + (endsInHole ? 1 : 0)).append('\n');
    for (int i = 0; i <= map.count(); i++) {
      if (i < map.count()) {
        lines.append(map.offset(i)).append('\n').append(map.length(i)).append('\n');
      } else if (endsInHole) {
        lines.append(map.sizeBytes()).append("\n0\n");
      }
      if (lines.length() > 1 << 14 || i == map.count()) {
        byte[] text = lines.toString().getBytes(StandardCharsets.US_ASCII);
        bytes += text.length;
        if (write) {
          data(text, text.length);
        }
        lines.setLength(0);
      }
    }
    int padding = TarFormat.padding(bytes);
    if (write) {
      pad(padding);
    }
    return bytes + padding;
  }
}
