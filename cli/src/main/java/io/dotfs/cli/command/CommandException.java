package io.dotfs.cli.command;

import java.io.Serial;
import java.util.Optional;

/** A command that cannot do what it was asked; the message is for the user. */
final class CommandException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int status;

  @SuppressWarnings("serial") // never serialised
  private final Optional<String> hint;

  private CommandException(int status, String message, Optional<String> hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }

  /** Something is not as the command needs it: exit status 1. */
  static CommandException failed(String message, String hint) {
    return new CommandException(Main.FAILED, message, Optional.of(hint));
  }

  /** As the other, where nothing mends it. */
  static CommandException failed(String message) {
    return new CommandException(Main.FAILED, message, Optional.empty());
  }

  /** The words make no sense: exit status 2. */
  static CommandException usage(String message, String hint) {
    return new CommandException(Main.WRONG_USAGE, message, Optional.of(hint));
  }

  int status() {
    return status;
  }

  Optional<String> hint() {
    return hint;
  }
}
