package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "switch",
    description = "Make a dot the current one: what commands mean that name none.",
    footer = "  dm switch shop")
final class SwitchCommand extends DmCommand {
  @Parameters(paramLabel = "DOT", description = "Its name, [namespace/]dot.")
  private String dot = "";

  SwitchCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    String name = session().daemon().dotShow(new DotShowRequest(Optional.of(dot))).summary().name();
    session().settingsFile().update(settings -> settings.withCurrentDot(name));
    return Main.DONE;
  }
}
