package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.NoContent;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.object.Xattrs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The canonical form of directory nodes ({@code FORMAT.md}, "Directory"). */
public final class DirectoryCodec {
  /** The most entries or children of one node. */
  public static final int MAX_ITEMS = 512;

  /** The most bytes of entries or children in one node; each of them is shorter than this. */
  public static final int MAX_ITEM_BYTES = 128 << 10;

  /** The highest level: 512 to the power of 16 entries are enough. */
  public static final int MAX_LEVEL = 15;

  private static final String WHAT = "directory node";
  private static final int VERSION = 1;
  private static final int TYPE_MASK = 7;
  private static final int HAS_XATTRS = 1 << 3;
  private static final int HAS_LINK_GROUP = 1 << 4;
  private static final int KNOWN_FLAGS = TYPE_MASK | HAS_XATTRS | HAS_LINK_GROUP;

  private DirectoryCodec() {}

  /** The canonical form of one entry: a part of a leaf's. */
  public static byte[] encode(TreeEntry entry) {
    CanonicalWriter out = new CanonicalWriter(128);
    write(out, entry);
    return out.toBytes();
  }

  /** The canonical form of one child: a part of an inner node's. */
  public static byte[] encode(DirectoryNode.Child child) {
    CanonicalWriter out = new CanonicalWriter(128);
    write(out, child);
    return out.toBytes();
  }

  /** The payload of a node at {@code level} made of items that are encoded already. */
  public static ByteBuffer assemble(int level, List<byte[]> items) {
    int bytes = 16;
    for (byte[] item : items) {
      bytes += item.length;
    }
    CanonicalWriter out = header(bytes, level, items.size());
    items.forEach(out::raw);
    return out.toBuffer();
  }

  private static CanonicalWriter header(int expectedBytes, int level, int size) {
    return new CanonicalWriter(expectedBytes).octet(VERSION).number(level).number(size);
  }

  /** Encodes {@code node}: the payload to put, from position 0 to limit. */
  public static ByteBuffer encode(DirectoryNode node) {
    CanonicalWriter out = header(16 + 96 * node.size(), node.level(), node.size());
    if (node instanceof DirectoryNode.Leaf leaf) {
      leaf.entries().forEach(entry -> write(out, entry));
    } else if (node instanceof DirectoryNode.Inner inner) {
      inner.children().forEach(child -> write(out, child));
    }
    return out.toBuffer();
  }

  private static void write(CanonicalWriter out, DirectoryNode.Child child) {
    out.bytes(child.lastName()).directory(child.subtree());
  }

  private static void write(CanonicalWriter out, TreeEntry entry) {
    Attributes attributes = entry.attributes();
    out.bytes(entry.name());
    out.octet(
        attributes.type().code()
            | (attributes.xattrs().isEmpty() ? 0 : HAS_XATTRS)
            | (attributes.linkGroup().isPresent() ? HAS_LINK_GROUP : 0));
    out.number(attributes.permissions())
        .unsigned32(attributes.owner().uid())
        .unsigned32(attributes.owner().gid())
        .signed(attributes.mtime().seconds())
        .number(attributes.mtime().nanos());
    if (attributes.type().isDevice()) {
      out.unsigned32(attributes.device());
    }
    if (!attributes.xattrs().isEmpty()) {
      out.number(attributes.xattrs().values().size());
      attributes.xattrs().values().forEach((name, value) -> out.bytes(name).bytes(value));
    }
    if (attributes.linkGroup().isPresent()) {
      UUID id = attributes.linkGroup().get().id();
      out.fixed64(id.getMostSignificantBits()).fixed64(id.getLeastSignificantBits());
    }
    EntryContent content = entry.content();
    if (content instanceof FileContent file) {
      out.number(file.sizeBytes());
      if (file.sizeBytes() > 0) {
        out.optionalId(file.root());
      }
    } else if (content instanceof DirectoryRef directory) {
      out.directory(directory);
    } else if (content instanceof SymlinkTarget symlink) {
      out.bytes(symlink.target());
    }
  }

  /**
   * Decodes a payload.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not the canonical form of any node
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static DirectoryNode decode(ByteBuffer payload) throws StoreException {
    CanonicalReader in = new CanonicalReader(WHAT, payload);
    try {
      in.version();
      int level = in.number(0, MAX_LEVEL);
      int size = in.number(1, MAX_ITEMS);
      int start = in.position();
      DirectoryNode node =
          level == 0
              ? new DirectoryNode.Leaf(entries(in, size))
              : new DirectoryNode.Inner(level, children(in, size));
      if (in.position() - start > MAX_ITEM_BYTES) {
        throw in.malformed("items of " + (in.position() - start) + " bytes");
      }
      in.end();
      return node;
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Looks for one name without decoding the others.
   *
   * @param payload a node, read from position to limit; its position stays
   * @param level the level that the node must have
   * @return at level 0 a leaf with the entry of that name alone, above it a node with the only
   *     child that can hold it; nothing if there is none
   * @throws CorruptObjectException if what was looked at is not canonical
   */
  public static Optional<DirectoryNode> find(ByteBuffer payload, int level, ByteName name)
      throws StoreException {
    CanonicalReader in = new CanonicalReader(WHAT, payload);
    try {
      in.version();
      if (in.number(0, MAX_LEVEL) != level) {
        throw in.malformed("another level than " + level);
      }
      for (int left = in.number(1, MAX_ITEMS); left > 0; left--) {
        int start = in.position();
        int order = in.compareBytes(name, TreeEntry.MAX_NAME_BYTES);
        if (order >= 0) {
          in.moveTo(start);
          if (level > 0) {
            return Optional.of(new DirectoryNode.Inner(level, children(in, 1)));
          }
          return order > 0 ? Optional.empty() : Optional.of(new DirectoryNode.Leaf(entries(in, 1)));
        }
        if (level > 0) {
          in.skipDirectory();
        } else {
          skipEntryBehindName(in);
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  /** The level of a node, without decoding the rest. */
  public static int level(ByteBuffer payload) throws StoreException {
    CanonicalReader in = new CanonicalReader(WHAT, payload);
    in.version();
    return in.number(0, MAX_LEVEL);
  }

  private static void skipEntryBehindName(CanonicalReader in) throws CorruptObjectException {
    int flags = in.octet();
    FileType type = FileType.ofCode(flags & TYPE_MASK);
    in.skipNumbers(type.isDevice() ? 6 : 5);
    if ((flags & HAS_XATTRS) != 0) {
      for (int left = in.number(1, Xattrs.MAX_TOTAL_BYTES); left > 0; left--) {
        in.skipBytes(Xattrs.MAX_NAME_BYTES);
        in.skipBytes(Xattrs.MAX_VALUE_BYTES);
      }
    }
    if ((flags & HAS_LINK_GROUP) != 0) {
      in.skip(2 * Long.BYTES);
    }
    switch (type) {
      case REGULAR -> {
        if (in.number() > 0) {
          in.skipOptionalId();
        }
      }
      case DIRECTORY -> in.skipDirectory();
      case SYMLINK -> in.skipBytes(SymlinkTarget.MAX_BYTES);
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> {}
    }
  }

  private static List<TreeEntry> entries(CanonicalReader in, int size)
      throws CorruptObjectException {
    List<TreeEntry> entries = new ArrayList<>(size);
    ByteName last = ByteName.EMPTY;
    for (int i = 0; i < size; i++) {
      TreeEntry entry = entry(in);
      if (entry.name().compareTo(last) <= 0) {
        throw in.malformed("names out of order");
      }
      last = entry.name();
      entries.add(entry);
    }
    return entries;
  }

  private static List<DirectoryNode.Child> children(CanonicalReader in, int size)
      throws CorruptObjectException {
    List<DirectoryNode.Child> children = new ArrayList<>(size);
    ByteName last = ByteName.EMPTY;
    for (int i = 0; i < size; i++) {
      DirectoryNode.Child child =
          new DirectoryNode.Child(in.bytes(TreeEntry.MAX_NAME_BYTES), in.directory());
      if (child.lastName().compareTo(last) <= 0) {
        throw in.malformed("names out of order");
      }
      last = child.lastName();
      children.add(child);
    }
    return children;
  }

  private static TreeEntry entry(CanonicalReader in) throws CorruptObjectException {
    ByteName name = in.bytes(TreeEntry.MAX_NAME_BYTES);
    int flags = in.octet();
    if ((flags & ~KNOWN_FLAGS) != 0) {
      throw in.malformed("unknown flags 0x" + Integer.toHexString(flags));
    }
    FileType type = FileType.ofCode(flags & TYPE_MASK);
    int permissions = in.number(0, Attributes.PERMISSION_MASK);
    Owner owner = new Owner(in.unsigned32(), in.unsigned32());
    Mtime mtime = new Mtime(in.signed(), in.number(0, 999_999_999));
    int device = type.isDevice() ? in.unsigned32() : 0;
    Xattrs xattrs = (flags & HAS_XATTRS) != 0 ? xattrs(in) : Xattrs.NONE;
    Optional<LinkGroup> linkGroup =
        (flags & HAS_LINK_GROUP) != 0
            ? Optional.of(new LinkGroup(new UUID(in.fixed64(), in.fixed64())))
            : Optional.empty();
    Attributes attributes =
        new Attributes(type, permissions, owner, mtime, device, xattrs, linkGroup);
    return new TreeEntry(name, attributes, content(in, type));
  }

  private static Xattrs xattrs(CanonicalReader in) throws CorruptObjectException {
    SortedMap<ByteName, ByteName> values = new TreeMap<>();
    ByteName last = ByteName.EMPTY;
    for (int left = in.number(1, Xattrs.MAX_TOTAL_BYTES); left > 0; left--) {
      ByteName name = in.bytes(Xattrs.MAX_NAME_BYTES);
      if (name.compareTo(last) <= 0) {
        throw in.malformed("extended attributes out of order");
      }
      last = name;
      values.put(name, in.bytes(Xattrs.MAX_VALUE_BYTES));
    }
    return new Xattrs(values);
  }

  private static EntryContent content(CanonicalReader in, FileType type)
      throws CorruptObjectException {
    return switch (type) {
      case REGULAR -> {
        long sizeBytes = in.number();
        yield sizeBytes == 0 ? FileContent.EMPTY : new FileContent(sizeBytes, in.optionalId());
      }
      case DIRECTORY -> in.directory();
      case SYMLINK -> new SymlinkTarget(in.bytes(SymlinkTarget.MAX_BYTES));
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> NoContent.NONE;
    };
  }
}
