package io.dotfs.fusefs.flush;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;

/** The C library's calls that the flusher makes. */
final class SyncCalls {
  /** Functions of libc; each returns -1 and sets errno on failure. */
  public interface Libc {
    /** open(2). */
    int open(@In byte[] path, int flags);

    /** close(2). */
    int close(int fd);

    /** sync_file_range(2). */
    int sync_file_range(int fd, long offset, long bytes, int flags);

    /** strerror(3). */
    String strerror(int errno);
  }

  static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  static final int O_RDONLY = 0;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  /** SYNC_FILE_RANGE_WAIT_BEFORE, WRITE and WAIT_AFTER: on return all of it was written. */
  static final int WRITE_AND_WAIT = 7;

  private SyncCalls() {}

  static int errno() {
    return RUNTIME.getLastError();
  }

  /** What went wrong in this thread's last call, in words. */
  static String reason() {
    return LIBC.strerror(errno());
  }
}
