package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    description = "Delete a dot with all its branches and commits. Refused while it is mounted.",
    footer = "  dm dot delete -f scratch")
final class DotDeleteCommand extends DmCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Do not ask.")
  private boolean force;

  @Parameters(paramLabel = "DOT", description = "The dot; the current one is never assumed here.")
  private String dot = "";

  DotDeleteCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return !force;
  }

  @Override
  int run() throws DaemonException, SettingsException, IOException {
    String name = session().daemon().dotShow(new DotShowRequest(Optional.of(dot))).summary().name();
    if (!force) {
      session()
          .out()
          .print(
              "Please confirm that you really want to delete the dot "
                  + Escapes.line(dot)
                  + ", including all branches and commits? (enter Y to continue): ");
      session().out().flush();
      if (!Prompt.line(session().in()).equals("Y")) {
        session().out().println("Aborted.");
        return Main.DONE;
      }
    }
    session().daemon().dotDelete(new DotDeleteRequest(name));
    session()
        .settingsFile()
        .update(
            settings ->
                settings.currentDot().map(name::equals).orElse(false)
                    ? settings.withoutCurrentDot()
                    : settings);
    return Main.DONE;
  }
}
