package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.ByteName;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * POSIX access control lists: the kernel's binary form of the extended attributes ({@code
 * linux/posix_acl_xattr.h}: version u32 = 2, then tag u16, permissions u16, id u32, all
 * little-endian) and the text that tars hold ({@code user::rw-} and so on, acl(5)).
 */
final class AclText {
  static final ByteName ACCESS = ByteName.of("system.posix_acl_access");
  static final ByteName DEFAULT = ByteName.of("system.posix_acl_default");

  private static final int VERSION = 2;
  private static final int ENTRY_BYTES = 8;
  private static final int NO_ID = -1;
  private static final int USER_OBJECT = 1;
  private static final int USER = 2;
  private static final int GROUP_OBJECT = 4;
  private static final int GROUP = 8;
  private static final int MASK = 16;
  private static final int OTHER = 32;

  /** One entry. */
  private record Entry(int tag, int permissions, int id) {}

  private AclText() {}

  /** The text of a list; nothing if the text would not lead back to the same bytes. */
  static Optional<byte[]> text(ByteName acl) {
    StringBuilder out = new StringBuilder();
    try {
      ByteBuffer in = acl.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
      if (in.getInt() != VERSION) {
        return Optional.empty();
      }
      while (in.hasRemaining()) {
        Entry entry = new Entry(in.getShort(), in.getShort(), in.getInt());
        if (!append(out, entry)) {
          return Optional.empty();
        }
      }
      byte[] text = out.toString().getBytes(StandardCharsets.US_ASCII);
      Optional<ByteName> back =
          binary(new String(text, StandardCharsets.US_ASCII), true, AclNames.ofHost());
      return back.isPresent() && back.get().equals(acl) ? Optional.of(text) : Optional.empty();
    } catch (BufferUnderflowException | BadArchiveException e) {
      return Optional.empty();
    }
  }

  private static boolean append(StringBuilder out, Entry entry) {
    String tag =
        switch (entry.tag()) {
          case USER_OBJECT, USER -> "user:";
          case GROUP_OBJECT, GROUP -> "group:";
          case MASK -> "mask:";
          case OTHER -> "other:";
          default -> "";
        };
    if (tag.isEmpty()) {
      return false;
    }
    out.append(tag);
    if (entry.tag() == USER || entry.tag() == GROUP) {
      out.append(Integer.toUnsignedString(entry.id()));
    }
    int bits = entry.permissions();
    out.append(':').append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-');
    out.append((bits & 1) != 0 ? 'x' : '-').append('\n');
    return true;
  }

  /**
   * The binary form of a text.
   *
   * @param names who is meant by a name
   * @param minimal whether a list that says no more than the file's mode counts
   * @return nothing if it does not
   * @throws BadArchiveException if it is no list, or names somebody without saying the number
   */
  static Optional<ByteName> binary(String text, boolean minimal, AclNames names)
      throws BadArchiveException {
    List<Entry> entries = new ArrayList<>();
    for (String line : text.split("[,\n]", -1)) {
      int comment = line.indexOf('#');
      String word = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!word.isEmpty()) {
        entries.add(entry(word, names));
      }
    }
    entries.sort(
        Comparator.comparingInt(Entry::tag)
            .thenComparing((a, b) -> Integer.compareUnsigned(a.id(), b.id())));
    if (entries.isEmpty() || (entries.size() == 3 && !minimal)) {
      return Optional.empty();
    }
    ByteBuffer out =
        ByteBuffer.allocate(Integer.BYTES + entries.size() * ENTRY_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION);
    for (Entry entry : entries) {
      out.putShort((short) entry.tag()).putShort((short) entry.permissions()).putInt(entry.id());
    }
    return Optional.of(ByteName.of(out.flip()));
  }

  private static Entry entry(String word, AclNames names) throws BadArchiveException {
    String[] fields = (word.startsWith("default:") ? word.substring(8) : word).split(":", -1);
    if (fields.length < 2 || fields.length > 4) {
      throw bad(word);
    }
    // Solaris and star leave the empty name of mask and other out.
    boolean shortForm = fields.length == 2;
    String name = shortForm ? "" : fields[1].strip();
    int permissions = permissions(fields[shortForm ? 1 : 2].strip(), word);
    int tag =
        switch (fields[0].strip()) {
          case "user", "u" -> name.isEmpty() ? USER_OBJECT : USER;
          case "group", "g" -> name.isEmpty() ? GROUP_OBJECT : GROUP;
          case "mask", "m" -> MASK;
          case "other", "o" -> OTHER;
          default -> throw bad(word);
        };
    if (tag != USER && tag != GROUP) {
      return new Entry(tag, permissions, NO_ID);
    }
    String id = fields.length == 4 ? fields[3].strip() : name;
    Optional<Integer> number = tag == USER ? names.user(id) : names.group(id);
    if (number.isEmpty() && id.matches("[0-9]{1,10}")) {
      try {
        number = Optional.of(Integer.parseUnsignedInt(id));
      } catch (NumberFormatException e) {
        throw new BadArchiveException("a number of an access control list is out of range", e);
      }
    }
    int owner =
        number.orElseThrow(
            () ->
                new BadArchiveException(
                    "an access control list of the tar names "
                        + BadArchiveException.shown(ByteName.of(name))
                        + ", whom this host does not know"));
    return new Entry(tag, permissions, owner);
  }

  private static int permissions(String text, String word) throws BadArchiveException {
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case 'r' -> bits |= 4;
        case 'w' -> bits |= 2;
        case 'x' -> bits |= 1;
        case '-' -> {}
        default -> throw bad(word);
      }
    }
    return bits;
  }

  private static BadArchiveException bad(String word) {
    return new BadArchiveException(
        "an access control list of the tar is damaged: "
            + BadArchiveException.shown(ByteName.of(word)));
  }
}
