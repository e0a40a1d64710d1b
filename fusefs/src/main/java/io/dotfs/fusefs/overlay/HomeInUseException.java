package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.io.Serial;

/** Another process serves this home. */
public final class HomeInUseException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final long pid;

  HomeInUseException(String home, long pid) {
    super("the home " + home + " is in use by process " + pid);
    this.pid = pid;
  }

  /** The process that has it; 0 if it did not say. */
  public long pid() {
    return pid;
  }
}
