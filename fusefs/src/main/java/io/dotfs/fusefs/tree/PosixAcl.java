package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EOPNOTSUPP;

import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.object.ByteName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An access control list as acl(5) has it. Immutable.
 *
 * <p>Kept as the value of an extended attribute in the kernel's form (linux/posix_acl_xattr.h),
 * little-endian: version 4 = 2, then entries of tag 2, permissions 2, id 4. The rules are those of
 * the kernel's fs/posix_acl.c, by which ext4 keeps its lists. Access is checked by the kernel.
 *
 * <p>INVARIANT: the entries stand in the order of {@link #order}, with all that acl(5) calls a
 * valid list.
 */
record PosixAcl(List<Entry> entries) {
  /** Attribute of the list that says who may do what with an object. */
  static final ByteName ACCESS = attribute("system.posix_acl_access");

  /** Attribute of the list that what is made in a directory gets. */
  static final ByteName DEFAULT = attribute("system.posix_acl_default");

  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;

  private static final int USER_OBJ = 1;
  private static final int USER = 2;
  private static final int GROUP_OBJ = 4;
  private static final int GROUP = 8;
  private static final int MASK = 16;
  private static final int OTHER = 32;

  private static final int NO_ID = -1;
  private static final int ALL = 7;

  /**
   * One line of a list.
   *
   * @param tag one of the kernel's numbers
   * @param permissions read 4, write 2, execute 1
   * @param id of the user or group, for entries that name one; else -1
   */
  record Entry(int tag, int permissions, int id) {
    private Entry with(int newPermissions) {
      return new Entry(tag, newPermissions, id);
    }

    private boolean names() {
      return tag == USER || tag == GROUP;
    }
  }

  /**
   * What a creation comes to under a directory's default list.
   *
   * @param mode as it is then, type included
   * @param access the list of the new object, unless the mode says it all
   */
  record Inherited(int mode, Optional<PosixAcl> access) {}

  PosixAcl {
    entries = List.copyOf(entries);
  }

  private static ByteName attribute(String name) {
    return ByteName.of(name.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads an attribute's value; a list without entries is none.
   *
   * @throws FileSystemException EINVAL if it is not a valid list, EOPNOTSUPP if it is of another
   *     version
   */
  static Optional<PosixAcl> parse(byte[] value) throws FileSystemException {
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length == 0) {
      return Optional.empty();
    }
    if (value.length < HEADER_BYTES || (value.length - HEADER_BYTES) % ENTRY_BYTES != 0) {
      throw FileSystemException.of(EINVAL);
    }
    if (in.getInt() != VERSION) {
      throw FileSystemException.of(EOPNOTSUPP);
    }
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      int tag = Short.toUnsignedInt(in.getShort());
      int permissions = Short.toUnsignedInt(in.getShort());
      int id = in.getInt();
      boolean named = tag == USER || tag == GROUP;
      entries.add(new Entry(tag, permissions, named ? id : NO_ID));
    }
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    check(entries);
    return Optional.of(new PosixAcl(entries));
  }

  /** As posix_acl_valid(): each of the three once, in order, and a mask if anybody is named. */
  private static void check(List<Entry> entries) throws FileSystemException {
    int before = -1;
    boolean named = false;
    int seen = 0;
    for (Entry entry : entries) {
      int order = order(entry.tag());
      boolean misplaced = entry.names() ? order < before : order <= before;
      boolean nobody = entry.names() && entry.id() == NO_ID;
      if (order < 0 || misplaced || nobody || (entry.permissions() & ~ALL) != 0) {
        throw FileSystemException.of(EINVAL);
      }
      before = order;
      named |= entry.names();
      seen |= entry.tag();
    }
    int needed = USER_OBJ | GROUP_OBJ | OTHER | (named ? MASK : 0);
    if ((seen & needed) != needed) {
      throw FileSystemException.of(EINVAL);
    }
  }

  /** Where entries of a tag stand; negative for what is no tag. */
  private static int order(int tag) {
    return switch (tag) {
      case USER_OBJ -> 0;
      case USER -> 1;
      case GROUP_OBJ -> 2;
      case GROUP -> 3;
      case MASK -> 4;
      case OTHER -> 5;
      default -> -1;
    };
  }

  /** The attribute's value. */
  ByteName encode() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(VERSION);
    for (Entry entry : entries) {
      out.putShort((short) entry.tag()).putShort((short) entry.permissions()).putInt(entry.id());
    }
    return ByteName.of(out.array());
  }

  /** Whether the permission bits of a mode say all that the list says. */
  boolean isMode() {
    return entries.stream().noneMatch(entry -> entry.names() || entry.tag() == MASK);
  }

  /** {@code mode} with the permission bits that the list shows in it. */
  int applyTo(int mode) {
    int bits = 0;
    for (Entry entry : entries) {
      bits |=
          switch (entry.tag()) {
            case USER_OBJ -> entry.permissions() << 6;
            case OTHER -> entry.permissions();
            default -> entry.tag() == groupClass() ? entry.permissions() << 3 : 0;
          };
    }
    return (mode & ~0777) | bits;
  }

  /** The entry that the group's bits of the mode stand for. */
  private int groupClass() {
    return entries.stream().anyMatch(entry -> entry.tag() == MASK) ? MASK : GROUP_OBJ;
  }

  /** The list after a chmod. */
  PosixAcl withMode(int mode) {
    int group = groupClass();
    return new PosixAcl(
        entries.stream()
            .map(
                entry ->
                    switch (entry.tag()) {
                      case USER_OBJ -> entry.with(mode >> 6 & ALL);
                      case OTHER -> entry.with(mode & ALL);
                      default -> entry.tag() == group ? entry.with(mode >> 3 & ALL) : entry;
                    })
            .toList());
  }

  /** What an object made with {@code mode} gets where this is the default list. */
  Inherited inheritedBy(int mode) {
    PosixAcl access = withMode(mode & applyTo(mode));
    return new Inherited(
        access.applyTo(mode), access.isMode() ? Optional.empty() : Optional.of(access));
  }
}
