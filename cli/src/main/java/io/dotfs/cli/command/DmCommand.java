package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What all commands have in common: their session, the options about settings and errors, {@code
 * --help}.
 */
@Command(
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nWords:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    commandListHeading = "%nCommands:%n",
    sortOptions = false,
    sortSynopsis = false,
    usageHelpWidth = 100)
abstract class DmCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 100,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      order = 101,
      description = "Settings file instead of ~/.dotmesh/config.")
  private Optional<String> config = Optional.empty();

  @Option(names = "--verbose", order = 102, description = "Show stack traces of errors.")
  private boolean verbose;

  DmCommand(Session session) {
    this.session = session;
  }

  /** Does the work; returns the exit status. */
  abstract int run() throws CommandException, DaemonException, SettingsException, IOException;

  /**
   * Whether this cannot be done for the user by a process that was started at another time: it asks
   * at the terminal, is about processes, or looks at what it was called in.
   */
  boolean needsOwnProcess() {
    return false;
  }

  @Override
  public final Integer call() throws Exception {
    if (help) {
      throw new IllegalStateException("the parser answers --help");
    }
    session.configure(config, verbose);
    session.surroundings().admit(needsOwnProcess());
    return run();
  }

  final Session session() {
    return session;
  }
}
