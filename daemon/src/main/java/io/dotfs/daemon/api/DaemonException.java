package io.dotfs.daemon.api;

import java.io.Serial;

/** A request that failed, with what to tell the user. */
public final class DaemonException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorRecord error;

  public DaemonException(ErrorRecord error) {
    super(error.message());
    this.error = error;
  }

  public DaemonException(ErrorRecord error, Throwable cause) {
    super(error.message(), cause);
    this.error = error;
  }

  public DaemonException(ErrorKind kind, String message) {
    this(new ErrorRecord(kind, message));
  }

  public DaemonException(ErrorKind kind, String message, String hint) {
    this(new ErrorRecord(kind, message, hint));
  }

  public ErrorRecord error() {
    return error;
  }

  public ErrorKind kind() {
    return error.kind();
  }
}
