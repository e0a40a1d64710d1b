package io.dotfs.daemon.api;

import java.io.IOException;

/**
 * The daemon went away without having read the whole request, which therefore had no effect: the
 * kernel says so with {@code EPIPE}, or with {@code ECONNRESET} instead of an end of file
 * (unix(7)).
 */
final class UnreadRequestException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadRequestException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
