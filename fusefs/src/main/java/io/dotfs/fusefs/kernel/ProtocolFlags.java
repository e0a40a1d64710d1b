package io.dotfs.fusefs.kernel;

/** Flag bits of linux/fuse.h, under the header's names without {@code FUSE_}. */
final class ProtocolFlags {
  // INIT; bits from 32 up travel in flags2.
  static final long ASYNC_READ = 1L;
  static final long BIG_WRITES = 1L << 5;
  static final long DONT_MASK = 1L << 6;
  static final long DO_READDIRPLUS = 1L << 13;
  static final long READDIRPLUS_AUTO = 1L << 14;
  static final long ASYNC_DIO = 1L << 15;
  static final long PARALLEL_DIROPS = 1L << 18;
  static final long POSIX_ACL = 1L << 20;
  static final long MAX_PAGES = 1L << 22;
  static final long EXPLICIT_INVAL_DATA = 1L << 25;
  static final long HANDLE_KILLPRIV_V2 = 1L << 28;
  static final long SETXATTR_EXT = 1L << 29;
  static final long INIT_EXT = 1L << 30;

  /** Since 7.38. */
  static final long CREATE_SUPP_GROUP = 1L << 34;

  /** Since 7.39. */
  static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

  /** Since 7.40. */
  static final long HAS_RESEND = 1L << 39;

  static final int FOPEN_DIRECT_IO = 1;
  static final int FOPEN_KEEP_CACHE = 1 << 1;
  static final int FOPEN_CACHE_DIR = 1 << 3;

  static final int WRITE_KILL_SUIDGID = 1 << 2;
  static final int FSYNC_FDATASYNC = 1;
  static final int SETXATTR_ACL_KILL_SGID = 1;

  /** Type of the extension that carries a supplementary group; since 7.38. */
  static final int EXT_GROUPS = 32;

  private ProtocolFlags() {}
}
