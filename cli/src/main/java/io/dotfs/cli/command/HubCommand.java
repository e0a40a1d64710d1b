package io.dotfs.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Stands in the lists; the launcher itself starts the hub's own program when {@code hub} is the
 * first word.
 */
@Command(
    name = "hub",
    customSynopsis = "dm hub COMMAND",
    description =
        "Be a remote: serve dots to others, and keep their accounts. 'dm hub --help' has more.",
    footer = "  dm hub serve")
final class HubCommand extends DmCommand {
  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "serve, user or key.")
  private List<String> words = new ArrayList<>();

  HubCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException {
    throw CommandException.usage(
        "'hub' must be the first word", "dm hub " + String.join(" ", words));
  }
}
