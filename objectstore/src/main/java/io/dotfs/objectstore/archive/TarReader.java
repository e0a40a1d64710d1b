package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a tar member by member: pax, GNU (long names, sparse files of all four forms, big numbers),
 * ustar and what came before it. It trusts nothing: each length is held to a limit before memory is
 * taken, and whatever does not fit is a {@link BadArchiveException}. Names are returned as they
 * stand there, unchecked. One thread.
 */
final class TarReader {
  /** Of an extended header, or a long name. */
  private static final int MAX_HEADER_BYTES = 4 << 20;

  /** Header blocks in a row that are about one member. */
  private static final int MAX_HEADERS = 64;

  /** Zeros behind the end: more than any tape's record. */
  private static final long MAX_END_BYTES = 64 << 20;

  private static final int OLD_SPARSE_SLOTS = 4;
  private static final int OLD_SPARSE_MORE = 21;
  private static final int OLD_SPARSE_AT = 386;
  private static final int OLD_SPARSE_EXTENDED = 482;
  private static final int OLD_SPARSE_REAL_SIZE = 483;
  private static final int OLD_SPARSE_NEXT = 504;

  private final InputStream in;
  private final AclNames aclNames = AclNames.ofHost();
  private final MemberHeader header = new MemberHeader();
  private final byte[] block = new byte[TarFormat.BLOCK];
  private boolean begun;
  private boolean own;

  /** Bytes of the current member that were not read yet, and what pads them. */
  private long left;

  private int padding;

  /** Reads from {@code in}, which stays the caller's. */
  TarReader(InputStream in) {
    this.in = in;
  }

  /** Whether the archive was made by {@link TarExport}; known from the first member on. */
  boolean isOwn() {
    return own;
  }

  /** The next member; nothing at the end, which must be marked and be the last thing there. */
  Optional<TarMember> next() throws IOException {
    skipData();
    header.clear();
    for (int headers = 0; headers < MAX_HEADERS; headers++) {
      if (!readBlock()) {
        throw begun ? BadArchiveException.truncated() : notTar();
      }
      if (TarFormat.isZero(block)) {
        if (header.isPending()) {
          throw BadArchiveException.truncated();
        }
        readEnd();
        return Optional.empty();
      }
      if (!TarFormat.hasItsChecksum(block)) {
        throw begun
            ? new BadArchiveException("a header of the tar is damaged: wrong checksum")
            : notTar();
      }
      begun = true;
      char type = (char) (block[TarFormat.TYPE] & 0xff);
      long size = size();
      switch (type) {
        case 'x', 'X' -> header.own(PaxRecords.decode(readHeader(size)));
        case 'g' -> {
          header.global(PaxRecords.decode(readHeader(size)));
          own |= header.text("comment").map(MemberNotes::isOwn).orElse(false);
        }
        case 'L' -> header.gnuPath(name(readHeader(size)));
        case 'K' -> header.gnuLinkPath(name(readHeader(size)));
        case 'V', 'A' -> skip(size + TarFormat.padding(size)); // a label; Solaris' own
        default -> {
          return Optional.of(member(type));
        }
      }
    }
    throw new BadArchiveException("the tar has too many headers for one member");
  }

  private static BadArchiveException notTar() {
    return new BadArchiveException("this is no tar (nor one compressed with gzip or zstd)");
  }

  /** The size as the block says it; {@code size} records are about members, not about headers. */
  private long size() throws BadArchiveException {
    long size = TarFormat.number(block, TarFormat.SIZE, TarFormat.LONG_LENGTH);
    if (size < 0) {
      throw new BadArchiveException("a header of the tar is damaged: a negative size");
    }
    return size;
  }

  private TarMember member(char type) throws IOException {
    ByteName path = path();
    FileType kind = kind(type, path);
    boolean hardLink = type == '1';
    SparseMap content = SparseMap.whole(0);
    ByteName target = ByteName.EMPTY;
    if (hardLink || kind == FileType.SYMLINK) {
      target = linkPath();
    } else if (kind == FileType.REGULAR) {
      content = content(type);
    } else if (type == 'D') {
      take(header.number("size").orElse(size())); // GNU's list of an incremental archive
    }
    try {
      return new TarMember(
          path,
          attributes(kind),
          hardLink ? Optional.of(target) : Optional.empty(),
          kind == FileType.SYMLINK ? target : ByteName.EMPTY,
          content);
    } catch (IllegalArgumentException e) {
      throw new BadArchiveException(
          BadArchiveException.shown(path) + " in the tar: " + e.getMessage(), e);
    }
  }

  private FileType kind(char type, ByteName path) throws BadArchiveException {
    return switch (type) {
      case '0', '\0', '7', '1', 'S' -> {
        boolean old = type != '1' && type != 'S' && header.path().isEmpty();
        if (old && path.length() > 0 && path.at(path.length() - 1) == '/') {
          yield FileType.DIRECTORY; // before ustar there was no type for them
        }
        yield notes().socket() ? FileType.SOCKET : FileType.REGULAR;
      }
      case '2' -> FileType.SYMLINK;
      case '3' -> FileType.CHARACTER_DEVICE;
      case '4' -> FileType.BLOCK_DEVICE;
      case '5', 'D' -> FileType.DIRECTORY;
      case '6' -> FileType.FIFO;
      case 'M' -> throw new BadArchiveException("the tar is a part of several");
      default ->
          throw new BadArchiveException(
              BadArchiveException.shown(path)
                  + " in the tar is of an unknown type, '"
                  + (type > ' ' && type < 127 ? type : '?')
                  + "'");
    };
  }

  private ByteName path() {
    return header
        .path()
        .orElseGet(
            () -> {
              byte[] name = TarFormat.string(block, TarFormat.NAME, TarFormat.NAME_LENGTH);
              byte[] prefix =
                  isPosix()
                      ? TarFormat.string(block, TarFormat.PREFIX, TarFormat.PREFIX_LENGTH)
                      : new byte[0];
              if (prefix.length == 0) {
                return ByteName.of(name);
              }
              byte[] both = new byte[prefix.length + 1 + name.length];
              System.arraycopy(prefix, 0, both, 0, prefix.length);
              both[prefix.length] = '/';
              System.arraycopy(name, 0, both, prefix.length + 1, name.length);
              return ByteName.of(both);
            });
  }

  /** GNU's own format has other things where the prefix would be. */
  private boolean isPosix() {
    return block[TarFormat.MAGIC + 5] == 0
        && new String(block, TarFormat.MAGIC, 5, StandardCharsets.ISO_8859_1).equals("ustar");
  }

  private ByteName linkPath() {
    return header
        .linkPath()
        .orElseGet(
            () -> ByteName.of(TarFormat.string(block, TarFormat.LINK_NAME, TarFormat.NAME_LENGTH)));
  }

  private MemberNotes notes() {
    return own
        ? header.text("comment").map(MemberNotes::decode).orElse(MemberNotes.NONE)
        : MemberNotes.NONE;
  }

  private Attributes attributes(FileType kind) throws BadArchiveException {
    int device = 0;
    if (kind.isDevice()) {
      long major = TarFormat.number(block, TarFormat.MAJOR, TarFormat.ID_LENGTH);
      long minor = TarFormat.number(block, TarFormat.MINOR, TarFormat.ID_LENGTH);
      if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
        throw new BadArchiveException("a device number of the tar is out of range");
      }
      device = (int) ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12));
    }
    long mode = TarFormat.number(block, TarFormat.MODE, TarFormat.ID_LENGTH);
    return new Attributes(
        kind,
        (int) mode & Attributes.PERMISSION_MASK,
        new Owner(id("uid", TarFormat.UID), id("gid", TarFormat.GID)),
        mtime(),
        device,
        xattrs(kind),
        kind == FileType.DIRECTORY ? Optional.empty() : notes().linkGroup());
  }

  private int id(String keyword, int offset) throws BadArchiveException {
    Optional<Long> number = header.number(keyword);
    long id =
        number.isPresent() ? number.get() : TarFormat.number(block, offset, TarFormat.ID_LENGTH);
    if (id < -1 || id > 0xffffffffL) {
      throw new BadArchiveException("an owner of the tar is out of range: " + id);
    }
    return (int) id;
  }

  private Mtime mtime() throws BadArchiveException {
    Optional<String> text = header.text("mtime");
    if (text.isEmpty()) {
      return new Mtime(TarFormat.number(block, TarFormat.MTIME, TarFormat.LONG_LENGTH), 0);
    }
    String digits = text.get().strip();
    try {
      if (digits.length() > 60 || !digits.matches("-?[0-9]*\\.?[0-9]*")) {
        throw new NumberFormatException(digits);
      }
      BigDecimal time = new BigDecimal(digits).setScale(9, RoundingMode.FLOOR);
      BigInteger[] parts =
          time.unscaledValue().divideAndRemainder(BigInteger.valueOf(1_000_000_000));
      long seconds = parts[0].longValueExact();
      int nanos = parts[1].intValueExact();
      return nanos < 0
          ? new Mtime(Math.subtractExact(seconds, 1), nanos + 1_000_000_000)
          : new Mtime(seconds, nanos);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new BadArchiveException("a time of the tar is damaged", e);
    }
  }

  private Xattrs xattrs(FileType kind) throws BadArchiveException {
    Map<ByteName, ByteName> values = new TreeMap<>();
    for (Map.Entry<String, ByteName> value : header.beneath("LIBARCHIVE.xattr.").entrySet()) {
      try {
        values.put(
            bytes(percentDecoded(value.getKey(), true)),
            ByteName.of(Base64.getMimeDecoder().decode(value.getValue().toBytes())));
      } catch (IllegalArgumentException e) {
        throw new BadArchiveException("an extended attribute of the tar is damaged", e);
      }
    }
    for (Map.Entry<String, ByteName> value : header.beneath("SCHILY.xattr.").entrySet()) {
      values.put(bytes(percentDecoded(value.getKey(), false)), value.getValue());
    }
    acl("SCHILY.acl.access", AclText.ACCESS, false, values);
    if (kind == FileType.DIRECTORY) {
      acl("SCHILY.acl.default", AclText.DEFAULT, true, values);
    }
    return Xattrs.of(values);
  }

  private void acl(String keyword, ByteName name, boolean minimal, Map<ByteName, ByteName> values)
      throws BadArchiveException {
    Optional<ByteName> text = header.value(keyword);
    if (text.isPresent()) {
      AclText.binary(text.get().toString(), minimal, aclNames)
          .ifPresent(acl -> values.put(name, acl));
    }
  }

  private static ByteName bytes(String name) {
    return ByteName.of(name.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** GNU tar writes {@code =} and {@code %} in names so, libarchive more than those. */
  private static String percentDecoded(String name, boolean all) {
    if (name.indexOf('%') < 0) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      String code = name.substring(i, Math.min(name.length(), i + 3));
      boolean known =
          all ? code.matches("%[0-9A-Fa-f]{2}") : code.equals("%3D") || code.equals("%25");
      if (known) {
        out.append((char) Integer.parseInt(code.substring(1), 16));
        i += 2;
      } else {
        out.append(name.charAt(i));
      }
    }
    return out.toString();
  }

  /** Prepares for the data of a regular file. */
  private SparseMap content(char type) throws IOException {
    long size = header.number("size").orElse(size());
    if (type == 'S') {
      SparseMap map = oldSparseMap();
      return taken(size, map);
    }
    if (header.sparseMapInData()) {
      take(size);
      SparseMap map = new SparseMap(header.realSize().orElse(0L));
      readSparseMap(map);
      if (map.storedBytes() != left) {
        throw sparse();
      }
      return map;
    }
    Optional<SparseMap> map = header.sparseMap();
    if (map.isPresent()) {
      return taken(size, map.get());
    }
    return taken(size, SparseMap.whole(size));
  }

  private SparseMap taken(long size, SparseMap map) throws BadArchiveException {
    if (map.storedBytes() != size) {
      throw sparse();
    }
    take(size);
    return map;
  }

  private static BadArchiveException sparse() {
    return new BadArchiveException("a sparse file of the tar is damaged: its parts do not fit");
  }

  private void take(long size) {
    left = size;
    padding = TarFormat.padding(size);
  }

  /** Form 1.0: decimal lines before the bytes, padded to a block. */
  private void readSparseMap(SparseMap map) throws IOException {
    Lines lines = new Lines();
    long count = lines.number();
    if (count > SparseMap.MAX_STRETCHES + 1) {
      throw new BadArchiveException("a sparse file of the tar has too many parts");
    }
    for (long i = 0; i < count; i++) {
      long offset = lines.number();
      map.add(offset, lines.number());
    }
  }

  /** Decimal lines out of whole blocks. */
  private final class Lines {
    private final byte[] bytes = new byte[TarFormat.BLOCK];
    private int at = TarFormat.BLOCK;

    long number() throws IOException {
      long value = 0;
      for (int digits = 0; ; digits++) {
        if (at == bytes.length) {
          if (left < bytes.length) {
            throw sparse();
          }
          readFully(bytes, bytes.length);
          left -= bytes.length;
          at = 0;
        }
        byte next = bytes[at++];
        if (next == '\n' && digits > 0) {
          return value;
        }
        if (next < '0' || next > '9' || digits > 18) {
          throw sparse();
        }
        value = value * 10 + (next - '0');
      }
    }
  }

  /** GNU's own format: four stretches in the header, more in blocks behind it. */
  private SparseMap oldSparseMap() throws IOException {
    SparseMap map =
        new SparseMap(TarFormat.number(block, OLD_SPARSE_REAL_SIZE, TarFormat.LONG_LENGTH));
    addOld(map, block, OLD_SPARSE_AT, OLD_SPARSE_SLOTS);
    boolean more = block[OLD_SPARSE_EXTENDED] != 0;
    byte[] extension = new byte[TarFormat.BLOCK];
    while (more) {
      readFully(extension, extension.length);
      addOld(map, extension, 0, OLD_SPARSE_MORE);
      more = extension[OLD_SPARSE_NEXT] != 0;
    }
    return map;
  }

  private static void addOld(SparseMap map, byte[] from, int at, int slots)
      throws BadArchiveException {
    for (int i = 0; i < slots; i++) {
      int offset = at + i * 2 * TarFormat.LONG_LENGTH;
      if (from[offset] != 0) {
        map.add(
            TarFormat.number(from, offset, TarFormat.LONG_LENGTH),
            TarFormat.number(from, offset + TarFormat.LONG_LENGTH, TarFormat.LONG_LENGTH));
      }
    }
  }

  /** Reads bytes of the current member, in the order in which the archive has them. */
  void readData(byte[] target, int offset, int length) throws IOException {
    if (length > left) {
      throw new IllegalStateException(length + " bytes of a member that has " + left);
    }
    if (in.readNBytes(target, offset, length) != length) {
      throw BadArchiveException.truncated();
    }
    left -= length;
  }

  private void skipData() throws IOException {
    skip(left);
    skip(padding);
    left = 0;
    padding = 0;
  }

  private void skip(long bytes) throws IOException {
    byte[] buffer = new byte[1 << 14];
    for (long rest = bytes; rest > 0; ) {
      int length = (int) Math.min(rest, buffer.length);
      readFully(buffer, length);
      rest -= length;
    }
  }

  private byte[] readHeader(long size) throws IOException {
    if (size > MAX_HEADER_BYTES) {
      throw new BadArchiveException(
          "a header of the tar has " + size + " bytes, which is too much");
    }
    byte[] bytes = new byte[(int) size];
    readFully(bytes, bytes.length);
    skip(TarFormat.padding(size));
    return bytes;
  }

  /** GNU's long names end with NUL. */
  private static ByteName name(byte[] bytes) {
    return ByteName.of(TarFormat.string(bytes, 0, bytes.length));
  }

  private void readFully(byte[] target, int length) throws IOException {
    if (in.readNBytes(target, 0, length) != length) {
      throw BadArchiveException.truncated();
    }
  }

  private boolean readBlock() throws IOException {
    int count = in.readNBytes(block, 0, block.length);
    if (count > 0 && count < block.length) {
      throw begun ? BadArchiveException.truncated() : notTar();
    }
    return count > 0;
  }

  /** Zeros up to the end of the stream: what a tape's record is filled up with. */
  private void readEnd() throws IOException {
    if (!begun && !readBlock()) {
      throw notTar();
    }
    begun = true;
    byte[] buffer = new byte[1 << 14];
    long zeros = 0;
    for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
      zeros += count;
      if (zeros > MAX_END_BYTES) {
        throw new BadArchiveException("there are only zeros behind the end of the tar");
      }
      for (int i = 0; i < count; i++) {
        if (buffer[i] != 0) {
          throw new BadArchiveException("there is something behind the end of the tar");
        }
      }
    }
  }
}
