package io.dotfs.cli.command;

import java.io.Serial;

/**
 * This process is not the place to run a command, which has done nothing and printed nothing yet.
 */
public final class DeclinedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** Says what the command would have needed. */
  public DeclinedException(String needed) {
    super(needed, null, false, false);
  }
}
