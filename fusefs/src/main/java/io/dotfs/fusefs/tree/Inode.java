package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.Xattrs;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;

/**
 * One inode of a working tree in memory. There is at most one object per number ({@link
 * InodeTable}).
 *
 * <p>All plain fields are guarded by {@link #lock}: written under its write lock, read under
 * either.
 *
 * <p>INVARIANT: {@link #generation} never goes back. INVARIANT: while a commit is under way and
 * this inode has changed since its freeze, {@link #frozen} is present.
 */
public final class Inode {
  /** As ext4 has it. */
  static final int MAX_LINKS = 65_000;

  static final long NO_LIMIT = Long.MAX_VALUE;

  final long number;
  final StampedLock lock = new StampedLock();

  int mode;
  int uid;
  int gid;
  int rdev;

  /** Bytes; of a directory 4096, of a symlink the target's length. */
  long size;

  long atimeSeconds;
  int atimeNanos;
  long mtimeSeconds;
  int mtimeNanos;
  long ctimeSeconds;
  int ctimeNanos;

  /** Inode of the subdot's root that this belongs to; 0 for the tree's root. */
  long subdot;

  /** Immediate subdirectories, or -1 while nobody has counted them. */
  int subdirectories;

  /**
   * Names, immutable; none for an inode that is only open, exactly one for a directory. Those that
   * are more than a few have rows of their own: {@link MoreNames}.
   */
  List<Link> links = List.of();

  /** How many names have rows of their own. */
  int moreNames;

  Optional<LinkGroup> group = Optional.empty();
  Xattrs xattrs = Xattrs.NONE;

  /** Target of a symlink. */
  byte[] target = {};

  /** Whether a backing file exists that holds the size and all dirty blocks. */
  boolean hasBacking;

  /**
   * Size of which a power cut leaves something: that of the last sync or of a cut since, without
   * what unsynced writes added.
   */
  long durableSize;

  /** The backing file was cut and not synced since; after a power cut it is cut again. */
  boolean cutUnsynced;

  /** Whether the backing file is being cut or grown to {@link #size}. */
  boolean truncating;

  /** Whether the backing file has been synced as a whole since it was made. */
  boolean backingSynced;

  /**
   * Bytes of the base from here on are gone, since the file was shorter once: within {@link
   * #limitGeneration}, and before that within {@link #earlierLimitGeneration}.
   */
  long limit = NO_LIMIT;

  long limitGeneration;
  long earlierLimit = NO_LIMIT;
  long earlierLimitGeneration;

  /** Last generation in which this inode was marked as changed. */
  long generation;

  /** Attributes changed that the database has not seen. */
  boolean unsaved;

  /** Number of the last database write that concerns this inode. */
  long lastWrite;

  /** Where unmodified names come from; directories only. */
  DirectoryRef base = DirectoryRef.EMPTY;

  /**
   * Bytes that a regular file takes on the disk, as long as {@link #bytes} is absent; negative if
   * not known.
   */
  long allocatedWhenLoaded = -1;

  /** Content state; regular files only, present once needed. */
  Optional<FileBytes> bytes = Optional.empty();

  /** The state at the freeze of the commit under way. */
  Optional<FrozenInode> frozen = Optional.empty();

  /** Guarded by the table's segment: opens and uses inside. */
  long references;

  /** Guarded by the table's segment. */
  boolean recentlyUsed = true;

  Inode(long number) {
    this.number = number;
  }

  boolean isDirectory() {
    return (mode & FileType.MODE_MASK) == FileType.DIRECTORY.modeBits();
  }

  boolean isRegular() {
    return (mode & FileType.MODE_MASK) == FileType.REGULAR.modeBits();
  }

  boolean isSymlink() {
    return (mode & FileType.MODE_MASK) == FileType.SYMLINK.modeBits();
  }

  /** Type for directory listings, as {@code d_type}. */
  int typeBits() {
    return mode >>> 12;
  }

  void setCtime(long seconds, int nanos) {
    ctimeSeconds = seconds;
    ctimeNanos = nanos;
  }

  void setMtime(long seconds, int nanos) {
    mtimeSeconds = seconds;
    mtimeNanos = nanos;
  }

  /** Base bytes from here on do not count. */
  long effectiveLimit() {
    return Math.min(limit, earlierLimit);
  }

  /** Notes that the file was {@code bytes} long at a moment of {@code currentGeneration}. */
  void lowerLimit(long bytes, long currentGeneration) {
    if (limitGeneration != currentGeneration) {
      if (limit < earlierLimit) {
        earlierLimit = limit;
      }
      earlierLimitGeneration = Math.max(limitGeneration, earlierLimitGeneration);
      limit = NO_LIMIT;
      limitGeneration = currentGeneration;
    }
    limit = Math.min(limit, bytes);
  }

  /** Forgets limits that the base of {@code committedGeneration} has taken into account. */
  void dropLimits(long committedGeneration) {
    if (limitGeneration <= committedGeneration) {
      limit = NO_LIMIT;
    }
    if (earlierLimitGeneration <= committedGeneration) {
      earlierLimit = NO_LIMIT;
    }
  }

  /** Whether it has a name. */
  boolean isNamed() {
    return !links.isEmpty() || moreNames > 0;
  }

  /** How many names it has. */
  int nameCount() {
    return links.size() + moreNames;
  }

  /** The link count that {@code stat(2)} shows. */
  int linkCount() {
    if (isDirectory()) {
      return links.isEmpty() && subdot != 0 ? 0 : 2 + Math.max(0, subdirectories);
    }
    return nameCount();
  }

  /** Fills {@code reply}, except for the blocks of a regular file. */
  void fill(InodeAttributes reply) {
    reply.inode = number;
    reply.size = size;
    reply.blocks = isDirectory() ? 8 : 0;
    reply.atimeSeconds = atimeSeconds;
    reply.atimeNanos = atimeNanos;
    reply.mtimeSeconds = mtimeSeconds;
    reply.mtimeNanos = mtimeNanos;
    reply.ctimeSeconds = ctimeSeconds;
    reply.ctimeNanos = ctimeNanos;
    reply.mode = mode;
    reply.linkCount = linkCount();
    reply.uid = uid;
    reply.gid = gid;
    reply.rdev = rdev;
    reply.blockSize = 4096;
  }

  /** What a commit keeps of the attributes. */
  Attributes attributes() {
    FileType type = FileType.ofMode(mode);
    return new Attributes(
        type,
        mode & Attributes.PERMISSION_MASK,
        new Owner(uid, gid),
        new Mtime(mtimeSeconds, mtimeNanos),
        type.isDevice() ? rdev : 0,
        xattrs,
        group);
  }

  void setAttributes(Attributes attributes) {
    mode = attributes.mode();
    uid = attributes.owner().uid();
    gid = attributes.owner().gid();
    rdev = attributes.device();
    setMtime(attributes.mtime().seconds(), attributes.mtime().nanos());
    setCtime(mtimeSeconds, mtimeNanos);
    atimeSeconds = mtimeSeconds;
    atimeNanos = mtimeNanos;
    xattrs = attributes.xattrs();
    group = attributes.linkGroup();
  }

  Optional<ByteName> xattr(byte[] name) {
    return xattrs.get(ByteName.of(name));
  }
}
