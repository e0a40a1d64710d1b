package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DotSelector;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command about one dot: by {@code --dot}, else the current one, else the sole one. */
abstract class DotCommand extends DmCommand {
  @Option(
      names = "--dot",
      paramLabel = "DOT",
      order = 90,
      description = "Use this dot instead of the current one.")
  private Optional<String> dot = Optional.empty();

  @Option(
      names = "--branch",
      paramLabel = "BRANCH",
      order = 91,
      description = "Use this branch instead of the one that is checked out.")
  private Optional<String> branch = Optional.empty();

  DotCommand(Session session) {
    super(session);
  }

  /** Returns the dot and branch that are meant. */
  final DotSelector selector() throws SettingsException {
    return selector(dot);
  }

  /** As the other, for a dot that may also be named by a word of its own. */
  final DotSelector selector(Optional<String> word) throws SettingsException {
    Optional<String> named = word.or(() -> dot);
    if (named.isEmpty()) {
      Optional<String> current = session().settings().currentDot();
      session().assume(current);
      return new DotSelector(current, branch);
    }
    int at = named.get().indexOf('@');
    if (at < 0 || branch.isPresent()) {
      return new DotSelector(named, branch);
    }
    return new DotSelector(
        Optional.of(named.get().substring(0, at)), Optional.of(named.get().substring(at + 1)));
  }

  /** Returns the dot that is meant, for verbs that have no branch. */
  final Optional<String> dot() throws SettingsException {
    return selector().dot();
  }

  /** Returns what {@code --dot} said. */
  final Optional<String> dotOption() {
    return dot;
  }

  /** Returns what {@code --branch} said. */
  final Optional<String> branchOption() {
    return branch;
  }
}
