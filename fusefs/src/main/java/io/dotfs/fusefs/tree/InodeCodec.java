package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Xattrs;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An inode's row in the database, big-endian:
 *
 * <pre>
 * version 1 | flags 1 | mode, uid, gid, rdev, power epoch, subdirectories 4 each | size, durable size 8
 * each | atime, mtime, ctime: seconds 8, nanoseconds 4 each | subdot 8
 * | limit, its generation, earlier limit, its generation 8 each | [link group 16]
 * | count 4, links: parent 8, length 2, name | count 4 of names in rows of their own
 * | length 2, symlink target
 * | count 4, xattrs: length 2, name, length 4, value
 * </pre>
 *
 * <p>Where the inode has a backing file, size and mtime there go before those of the row. Version 1
 * has no durable size: it is the size. Versions 1 and 2 hold all names, and no count of others.
 */
final class InodeCodec {
  private static final byte VERSION = 3;
  private static final int BACKING = 1;
  private static final int SYNCED = 2;
  private static final int GROUP = 4;
  private static final int TRUNCATING = 8;
  private static final int CUT_UNSYNCED = 16;
  private static final int FIXED_BYTES = 2 + 24 + 16 + 36 + 8 + 32 + 16 + 4 + 4 + 2 + 4;

  private InodeCodec() {}

  static byte[] encode(Inode inode, int powerEpoch) {
    int length = FIXED_BYTES + inode.target.length;
    for (int i = 0; i < inode.links.size(); i++) {
      length += 10 + inode.links.get(i).name().length();
    }
    if (!inode.xattrs.isEmpty()) {
      for (Map.Entry<ByteName, ByteName> xattr : inode.xattrs.values().entrySet()) {
        length += 6 + xattr.getKey().length() + xattr.getValue().length();
      }
    }
    if (inode.group.isEmpty()) {
      length -= 16;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    int flags =
        (inode.hasBacking ? BACKING : 0)
            | (inode.backingSynced ? SYNCED : 0)
            | (inode.group.isPresent() ? GROUP : 0)
            | (inode.truncating ? TRUNCATING : 0)
            | (inode.cutUnsynced ? CUT_UNSYNCED : 0);
    out.put(VERSION).put((byte) flags);
    out.putInt(inode.mode).putInt(inode.uid).putInt(inode.gid).putInt(inode.rdev);
    out.putInt(powerEpoch).putInt(inode.subdirectories);
    out.putLong(inode.size).putLong(inode.hasBacking ? inode.durableSize : inode.size);
    out.putLong(inode.atimeSeconds).putInt(inode.atimeNanos);
    out.putLong(inode.mtimeSeconds).putInt(inode.mtimeNanos);
    out.putLong(inode.ctimeSeconds).putInt(inode.ctimeNanos);
    out.putLong(inode.subdot);
    out.putLong(inode.limit).putLong(inode.limitGeneration);
    out.putLong(inode.earlierLimit).putLong(inode.earlierLimitGeneration);
    if (inode.group.isPresent()) {
      UUID id = inode.group.get().id();
      out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
    out.putInt(inode.links.size());
    for (int i = 0; i < inode.links.size(); i++) {
      Link link = inode.links.get(i);
      out.putLong(link.parent()).putShort((short) link.name().length());
      link.name().writeTo(out);
    }
    out.putInt(inode.moreNames);
    out.putShort((short) inode.target.length).put(inode.target);
    out.putInt(inode.xattrs.values().size());
    for (Map.Entry<ByteName, ByteName> xattr : inode.xattrs.values().entrySet()) {
      out.putShort((short) xattr.getKey().length());
      xattr.getKey().writeTo(out);
      out.putInt(xattr.getValue().length());
      xattr.getValue().writeTo(out);
    }
    return out.array();
  }

  /** Fills {@code inode} and returns the power epoch in which the row was written. */
  static int decode(byte[] row, Inode inode) {
    ByteBuffer in = ByteBuffer.wrap(row);
    byte version = in.get();
    if (version < 1 || version > VERSION) {
      throw new IllegalStateException("inode row of version " + version);
    }
    int flags = in.get();
    inode.hasBacking = (flags & BACKING) != 0;
    inode.backingSynced = (flags & SYNCED) != 0;
    inode.truncating = (flags & TRUNCATING) != 0;
    inode.cutUnsynced = (flags & CUT_UNSYNCED) != 0;
    inode.mode = in.getInt();
    inode.uid = in.getInt();
    inode.gid = in.getInt();
    inode.rdev = in.getInt();
    int powerEpoch = in.getInt();
    inode.subdirectories = in.getInt();
    inode.size = in.getLong();
    inode.durableSize = version == 1 ? inode.size : in.getLong();
    inode.atimeSeconds = in.getLong();
    inode.atimeNanos = in.getInt();
    inode.mtimeSeconds = in.getLong();
    inode.mtimeNanos = in.getInt();
    inode.ctimeSeconds = in.getLong();
    inode.ctimeNanos = in.getInt();
    inode.subdot = in.getLong();
    inode.limit = in.getLong();
    inode.limitGeneration = in.getLong();
    inode.earlierLimit = in.getLong();
    inode.earlierLimitGeneration = in.getLong();
    if ((flags & GROUP) != 0) {
      inode.group = Optional.of(new LinkGroup(new UUID(in.getLong(), in.getLong())));
    }
    Link[] links = new Link[in.getInt()];
    for (int i = 0; i < links.length; i++) {
      long parent = in.getLong();
      links[i] = new Link(parent, name(in, in.getShort()));
    }
    inode.links = List.of(links);
    inode.moreNames = version <= 2 ? 0 : in.getInt();
    inode.target = new byte[in.getShort()];
    in.get(inode.target);
    int xattrs = in.getInt();
    if (xattrs > 0) {
      TreeMap<ByteName, ByteName> values = new TreeMap<>();
      for (int i = 0; i < xattrs; i++) {
        ByteName name = name(in, in.getShort());
        values.put(name, name(in, in.getInt()));
      }
      inode.xattrs = new Xattrs(values);
    }
    return powerEpoch;
  }

  private static ByteName name(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return ByteName.of(bytes);
  }
}
