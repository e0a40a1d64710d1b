package io.dotfs.fusefs.kernel;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The C library's calls on the device's descriptor. Addresses travel as {@code long}: only 64-bit
 * hosts are served. None of them has six integer arguments, which jnr-ffi 2.2.17 miscompiles on
 * x86-64.
 */
final class DeviceCalls {
  /** Functions of libc. */
  public interface Libc {
    /** read(2); -1 and errno on failure. */
    @ssize_t
    long read(int fd, long address, @size_t long count);

    /** write(2); -1 and errno on failure. */
    @ssize_t
    long write(int fd, long address, @size_t long count);

    /** close(2). */
    int close(int fd);

    /** aligned_alloc(3): an address, 0 if there is no memory. */
    long aligned_alloc(@size_t long alignment, @size_t long size);

    /** free(3). */
    void free(long address);

    /** prctl(2); -1 and errno on failure. */
    int prctl(int option, long arg2, long arg3, long arg4, long arg5);
  }

  static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  private static final int PR_SET_IO_FLUSHER = 57;

  private DeviceCalls() {}

  /** The errno of this thread's last call. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  /**
   * Marks the calling thread and those that it starts as serving I/O of others (PR_SET_IO_FLUSHER,
   * since Linux 5.6), so that freeing memory for it never waits for the mounts that it serves.
   *
   * @return 0, or the errno; EPERM without CAP_SYS_RESOURCE
   */
  static int markIoFlusher() {
    return LIBC.prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) == 0 ? 0 : errno();
  }
}
