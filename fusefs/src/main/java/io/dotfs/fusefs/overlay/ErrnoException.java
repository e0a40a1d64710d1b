package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.io.Serial;

/** A system call on a file of the home failed. */
public final class ErrnoException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final int errno;

  ErrnoException(String call, String path, int errno) {
    super(call + " " + path + ": errno " + errno);
    this.errno = errno;
  }

  /** The positive errno. */
  public int errno() {
    return errno;
  }
}
