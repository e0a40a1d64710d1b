package io.dotfs.cli.signing;

import java.io.Serial;

/** A key cannot be used: one line that says why, and what mends it. */
public final class SigningException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String hint;

  public SigningException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** The command that mends it. */
  public String hint() {
    return hint;
  }
}
