package io.dotfs.fusefs.vfs;

/**
 * What a {@code setattr} changes: a reusable parameter, filled by the front end. Only fields whose
 * bit is set in {@link #valid} count. The bits are those of FATTR_* in linux/fuse.h.
 */
public final class AttributeChange {
  public static final int MODE = 1;
  public static final int UID = 1 << 1;
  public static final int GID = 1 << 2;
  public static final int SIZE = 1 << 3;
  public static final int ATIME = 1 << 4;
  public static final int MTIME = 1 << 5;
  public static final int HANDLE = 1 << 6;
  public static final int ATIME_NOW = 1 << 7;
  public static final int MTIME_NOW = 1 << 8;
  public static final int CTIME = 1 << 10;

  /** Clear set-user-id and set-group-id because the content or the owner changes. */
  public static final int KILL_SUIDGID = 1 << 11;

  public int valid;
  public long handle;
  public long size;
  public long atimeSeconds;
  public int atimeNanos;
  public long mtimeSeconds;
  public int mtimeNanos;
  public long ctimeSeconds;
  public int ctimeNanos;
  public int mode;
  public int uid;
  public int gid;

  /** True if every bit of {@code bits} is set. */
  public boolean has(int bits) {
    return (valid & bits) == bits;
  }
}
