package io.dotfs.fusefs.vfs;

/**
 * Attributes of one inode as {@code stat(2)} shows them: a reusable out-parameter, filled by the
 * file system and encoded by the front end. Not thread safe; one instance per serving thread.
 */
public final class InodeAttributes {
  /** Permanent inode number, unique in a home. */
  public long inode;

  /** Size in bytes. */
  public long size;

  /** Space in units of 512 bytes, holes left out. */
  public long blocks;

  /** Seconds since the epoch, and the nanoseconds within that second. */
  public long atimeSeconds;

  public int atimeNanos;
  public long mtimeSeconds;
  public int mtimeNanos;
  public long ctimeSeconds;
  public int ctimeNanos;

  /** File type and permission bits, as {@code st_mode}. */
  public int mode;

  public int linkCount;
  public int uid;
  public int gid;

  /** Device number in the kernel's "new" 32-bit encoding, 0 for what is no device. */
  public int rdev;

  /** Preferred I/O size in bytes. */
  public int blockSize;
}
