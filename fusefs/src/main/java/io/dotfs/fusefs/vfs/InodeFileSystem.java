package io.dotfs.fusefs.vfs;

/**
 * A file system seen by inode, as the kernel's FUSE protocol asks for it. Node id 1 is the root.
 *
 * <p>All methods may be called by many threads at once. Parameter objects ({@link RequestContext},
 * {@link AttributeChange}, the replies) belong to the calling thread and are not kept. Names are
 * raw bytes without NUL and {@code /}; permission checks are the kernel's ({@code
 * default_permissions}), except where a method says otherwise. Owners of new inodes come from the
 * context, or from the parent if it is set-group-id; {@code umask} has to be applied unless the
 * parent has a default ACL.
 *
 * <p>Data moves between native memory (an address, valid for the call) and the file system without
 * a copy in Java.
 *
 * <p>Every failure is a {@link FileSystemException} with the errno for the caller.
 */
public interface InodeFileSystem {
  /** Called once when the kernel is ready, with the channel for invalidations. */
  void mounted(KernelCache kernel);

  /**
   * Called once after the last request of this mount. The kernel then holds no inode any more,
   * whatever was not forgotten one by one.
   */
  void unmounted();

  /**
   * Finds a name. A missing name is either ENOENT or, for a cacheable negative entry, a reply with
   * node id 0.
   */
  void lookup(RequestContext context, long parent, byte[] name, EntryReply reply)
      throws FileSystemException;

  /** The kernel drops {@code lookups} references to {@code nodeId}. */
  void forget(long nodeId, long lookups);

  /** Fills {@code reply} and returns how long the kernel may keep it, in nanoseconds. */
  long getattr(RequestContext context, long nodeId, InodeAttributes reply)
      throws FileSystemException;

  /**
   * Changes attributes, fills {@code reply} with the new ones and returns how long they may be
   * kept, in nanoseconds.
   */
  long setattr(RequestContext context, long nodeId, AttributeChange change, InodeAttributes reply)
      throws FileSystemException;

  /** The target of a symbolic link. */
  byte[] readlink(RequestContext context, long nodeId) throws FileSystemException;

  /** Makes a regular file, fifo, socket or device node. */
  void mknod(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int rdev,
      int umask,
      EntryReply reply)
      throws FileSystemException;

  void mkdir(
      RequestContext context, long parent, byte[] name, int mode, int umask, EntryReply reply)
      throws FileSystemException;

  void symlink(RequestContext context, long parent, byte[] name, byte[] target, EntryReply reply)
      throws FileSystemException;

  void link(RequestContext context, long nodeId, long newParent, byte[] newName, EntryReply reply)
      throws FileSystemException;

  void unlink(RequestContext context, long parent, byte[] name) throws FileSystemException;

  void rmdir(RequestContext context, long parent, byte[] name) throws FileSystemException;

  /**
   * Renames; {@code flags} are RENAME_NOREPLACE (1) and RENAME_EXCHANGE (2). RENAME_WHITEOUT is
   * EINVAL.
   */
  void rename(
      RequestContext context, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FileSystemException;

  /**
   * Opens; {@code flags} as of {@code open(2)}. With O_TRUNC (kernel flag ATOMIC_O_TRUNC) the file
   * is truncated as well.
   */
  void open(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException;

  /**
   * Creates and opens in one step; opens the file that is there unless O_EXCL is among {@code
   * flags}.
   */
  void create(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException;

  /** Makes and opens a regular file without a name (O_TMPFILE). */
  void tmpfile(
      RequestContext context,
      long parent,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException;

  /**
   * Reads up to {@code size} bytes at {@code offset} into native memory; returns the count, short
   * only at the end of the file.
   */
  int read(RequestContext context, long nodeId, long handle, long offset, int size, long address)
      throws FileSystemException;

  /**
   * Writes {@code size} bytes from native memory at {@code offset} and returns the count. With
   * {@code killSuidGid} set-id bits are cleared. On return the bytes survive the death of this
   * process.
   */
  int write(
      RequestContext context,
      long nodeId,
      long handle,
      long offset,
      int size,
      long address,
      boolean killSuidGid)
      throws FileSystemException;

  /**
   * One descriptor is being closed; may be called many times per open. ENOSYS says that there is
   * nothing to do, now and for any other file: the kernel then asks no more.
   */
  void flush(RequestContext context, long nodeId, long handle) throws FileSystemException;

  /** The last reference to an open file is gone. */
  void release(RequestContext context, long nodeId, long handle) throws FileSystemException;

  /** Makes the file's data and, unless {@code dataOnly}, its metadata and name durable. */
  void fsync(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException;

  void opendir(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException;

  /**
   * Lists from behind {@code cookie} (0: the start, with {@code .} and {@code ..}) until the sink
   * is full. Entries that stay are neither skipped nor repeated.
   */
  void readdir(RequestContext context, long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException;

  void releasedir(RequestContext context, long nodeId, long handle) throws FileSystemException;

  void fsyncdir(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException;

  /** The value of an extended attribute; ENODATA if there is none. */
  byte[] getxattr(RequestContext context, long nodeId, byte[] name) throws FileSystemException;

  /** All attribute names, each followed by NUL. */
  byte[] listxattr(RequestContext context, long nodeId) throws FileSystemException;

  /**
   * Sets an attribute; {@code flags} are XATTR_CREATE (1) and XATTR_REPLACE (2); {@code killSgid}:
   * a new ACL clears set-group-id.
   */
  void setxattr(
      RequestContext context, long nodeId, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException;

  void removexattr(RequestContext context, long nodeId, byte[] name) throws FileSystemException;

  void statfs(RequestContext context, long nodeId, StatfsReply reply) throws FileSystemException;

  /**
   * {@code mode}: 0, FALLOC_FL_KEEP_SIZE (1), PUNCH_HOLE (2, with 1), ZERO_RANGE (16); others are
   * EOPNOTSUPP.
   */
  void fallocate(
      RequestContext context, long nodeId, long handle, long offset, long length, int mode)
      throws FileSystemException;

  /** SEEK_DATA (3) and SEEK_HOLE (4). */
  long lseek(RequestContext context, long nodeId, long handle, long offset, int whence)
      throws FileSystemException;

  long copyFileRange(
      RequestContext context,
      long nodeIn,
      long handleIn,
      long offsetIn,
      long nodeOut,
      long handleOut,
      long offsetOut,
      long length)
      throws FileSystemException;
}
