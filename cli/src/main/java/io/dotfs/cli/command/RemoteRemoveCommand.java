package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    aliases = "remove",
    description = "Forget a remote and its key. What is stored there stays.",
    footer = "  dm remote rm hub")
final class RemoteRemoveCommand extends DmCommand {
  @Parameters(paramLabel = "NAME", description = "The remote.")
  private String name = "";

  RemoteRemoveCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, SettingsException {
    if (!session().settings().hasRemote(name)) {
      throw CommandException.failed("no such remote: " + name, "dm remote lists the remotes");
    }
    session().settingsFile().update(settings -> settings.withoutRemote(name));
    return Main.DONE;
  }
}
