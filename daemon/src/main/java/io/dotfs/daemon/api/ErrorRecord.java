package io.dotfs.daemon.api;

import java.util.Optional;

/**
 * A failure as the user sees it.
 *
 * @param kind for programs
 * @param message what is wrong: one line, without the leading {@code dm: }
 * @param hint the command that mends it, where there is one
 */
public record ErrorRecord(ErrorKind kind, String message, Optional<String> hint) {
  public ErrorRecord(ErrorKind kind, String message) {
    this(kind, message, Optional.empty());
  }

  public ErrorRecord(ErrorKind kind, String message, String hint) {
    this(kind, message, Optional.of(hint));
  }
}
