package io.dotfs.cli.command;

import io.dotfs.cli.render.WorkProgress;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.VerifyRequest;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = {
      "Check everything on a remote that you may read: each dot is fetched whole, every object checked, and dropped again.",
      "It takes the time of a clone, and the space of the largest dot for a while. Exit status 1 if something is damaged."
    },
    footer = "  dm verify hub")
final class VerifyCommand extends DmCommand {
  @Parameters(paramLabel = "REMOTE", description = "The remote.")
  private String remote = "";

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  VerifyCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    VerifyRequest request =
        new VerifyRequest(TransferCommand.spec(session().settings().remote(remote)));
    WorkProgress progress = session().workProgress();
    FsckReply reply;
    try {
      reply = session().daemon().verify(request, progress);
    } finally {
      progress.ended();
    }
    return FsckCommand.show(session(), reply, json);
  }
}
