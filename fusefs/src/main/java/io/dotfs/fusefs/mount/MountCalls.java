package io.dotfs.fusefs.mount;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import org.jspecify.annotations.Nullable;

/** The C library's calls for mounting, and the constants that go with them. */
final class MountCalls {
  /** Functions of libc; each returns -1 and sets errno on failure. */
  public interface Libc {
    /** mount(2). */
    int mount(
        @In @Nullable CharSequence source,
        @In CharSequence target,
        @In @Nullable CharSequence type,
        long flags,
        @In @Nullable CharSequence data);

    /** umount2(2). */
    int umount2(@In CharSequence target, int flags);

    /** open(2). */
    int open(@In CharSequence path, int flags);

    /** close(2). */
    int close(int fd);

    int geteuid();

    int getegid();

    /** strerror(3). */
    String strerror(int errno);

    /** fcntl(2) with an integer argument. */
    int fcntl(int fd, int command, long argument);
  }

  static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  static final long MS_RDONLY = 1;
  static final long MS_NOSUID = 2;
  static final long MS_NODEV = 4;
  static final long MS_REMOUNT = 32;
  static final long MS_BIND = 4096;

  static final int MNT_FORCE = 1;
  static final int MNT_DETACH = 2;
  static final int UMOUNT_NOFOLLOW = 8;

  static final int O_RDWR = 2;
  static final int O_CLOEXEC = 0x80000;

  static final int F_DUPFD_CLOEXEC = 1030;

  private MountCalls() {}

  /** The errno of this thread's last call. */
  static int errno() {
    return RUNTIME.getLastError();
  }
}
