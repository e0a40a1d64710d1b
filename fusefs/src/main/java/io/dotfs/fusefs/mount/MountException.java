package io.dotfs.fusefs.mount;

import java.io.IOException;
import java.io.Serial;

/** A mount that could not be made, bound or taken away. */
public final class MountException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Reason {
    /** The caller may not mount here, or not with these options. */
    NOT_PERMITTED,
    /** {@code /dev/fuse}, libfuse or its helper program is missing. */
    UNSUPPORTED,
    /** The mount point is missing, is no directory, or is not a mount (any more). */
    BAD_MOUNT_POINT,
    /** Something still uses the mount; a lazy unmount would succeed. */
    BUSY,
    /** Anything else; the message says what. */
    FAILED
  }

  private final Reason reason;

  public MountException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public MountException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
