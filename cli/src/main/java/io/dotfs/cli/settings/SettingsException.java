package io.dotfs.cli.settings;

import java.io.Serial;
import java.util.Optional;

/** The user's settings cannot be read, written or used as asked. The message is for the user. */
public final class SettingsException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialised
  private final Optional<String> hint;

  /** With the command or step that mends it. */
  public SettingsException(String message, String hint) {
    super(message);
    this.hint = Optional.of(hint);
  }

  /** Without a hint. */
  public SettingsException(String message) {
    super(message);
    this.hint = Optional.empty();
  }

  /** Returns what mends it, where that is known. */
  public Optional<String> hint() {
    return hint;
  }
}
