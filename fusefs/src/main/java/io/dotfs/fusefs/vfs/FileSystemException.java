package io.dotfs.fusefs.vfs;

import java.io.Serial;

/**
 * A request that fails with an errno. It carries no stack trace, since failing look-ups are
 * ordinary events on the hot path; {@link #of(int)} hands out shared instances.
 */
public final class FileSystemException extends Exception {
  @Serial private static final long serialVersionUID = 1L;
  private static final int SHARED = 134;
  private static final FileSystemException[] CACHE = new FileSystemException[SHARED];

  static {
    for (int i = 0; i < SHARED; i++) {
      CACHE[i] = new FileSystemException(i);
    }
  }

  private final int errno;

  private FileSystemException(int errno) {
    super("errno " + errno, null, false, false);
    this.errno = errno;
  }

  /** Returns the shared exception for {@code errno} (positive, as in errno.h). */
  public static FileSystemException of(int errno) {
    if (errno <= 0) {
      throw new IllegalStateException("errno must be positive: " + errno);
    }
    return errno < SHARED ? CACHE[errno] : new FileSystemException(errno);
  }

  /** The positive errno that the caller of the system call gets. */
  public int errno() {
    return errno;
  }
}
