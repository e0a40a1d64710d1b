package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description =
        "Show the current dot and branch, where its subdots are mounted, what changed, and who has files open.",
    footer = "  dm status --json")
final class StatusCommand extends DotCommand {
  @Option(names = "--json", description = "Print the state as JSON.")
  private boolean json;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    StatusReply status = session().daemon().status(new StatusRequest(selector(), true));
    if (json) {
      session().json(status);
    } else {
      session()
          .out()
          .print(
              DotText.status(status, session().endpoint().socket().toString(), session().style()));
    }
    return Main.DONE;
  }
}
