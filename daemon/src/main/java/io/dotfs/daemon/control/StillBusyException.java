package io.dotfs.daemon.control;

import java.io.IOException;
import java.io.Serial;

/** Requests go on after they were told to end: what they use cannot be closed. */
public final class StillBusyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  StillBusyException() {
    super("requests go on after they were told to end");
  }
}
