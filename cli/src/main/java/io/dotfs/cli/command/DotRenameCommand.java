package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotRenameRequest;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rename",
    description = "Give a dot another name. Refused while it is mounted.",
    footer = "  dm dot rename shop store")
final class DotRenameCommand extends DmCommand {
  @Parameters(index = "0", paramLabel = "OLD", description = "The dot.")
  private String oldName = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "Its name from now on.")
  private String newName = "";

  DotRenameCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    String before =
        session().daemon().dotShow(new DotShowRequest(Optional.of(oldName))).summary().name();
    boolean current = session().settings().currentDot().map(before::equals).orElse(false);
    DotSummary renamed = session().daemon().dotRename(new DotRenameRequest(oldName, newName));
    if (current) {
      session().makeCurrent(renamed.name());
    }
    session()
        .out()
        .println(
            "Renamed dot " + Escapes.line(oldName) + " to " + DotText.shortName(renamed.name()));
    return Main.DONE;
  }
}
