package io.dotfs.cli.command;

import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.SettingsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "switch",
    description =
        "Make a remote the current one: where push, pull, fetch and clone go if none is named.",
    footer = "  dm remote switch hub")
final class RemoteSwitchCommand extends DmCommand {
  @Parameters(paramLabel = "NAME", description = "The remote; 'local' for this host.")
  private String name = "";

  RemoteSwitchCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, SettingsException {
    if (!name.equals(Remote.LOCAL) && !session().settings().hasRemote(name)) {
      throw CommandException.failed("no such remote: " + name, "dm remote lists the remotes");
    }
    session().settingsFile().update(settings -> settings.withCurrentRemote(name));
    return Main.DONE;
  }
}
