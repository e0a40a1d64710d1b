package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.PushRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "push",
    description = {
      "Send commits to a remote. Only what it lacks travels.",
      "Refused if the remote's branch has commits that this one lacks.",
      "Tags of what is sent go along, unless the remote has their names already."
    },
    footer = "  dm push hub")
final class PushCommand extends TransferCommand {
  @Option(names = "--all", description = "Send every branch.")
  private boolean all;

  @Option(
      names = "--force-with-lease",
      description =
          "Replace the remote's branch, provided it stands where it was last seen from here.")
  private boolean force;

  PushCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    PushRequest request =
        new PushRequest(what(), remote(session()::daemon), remoteDot(), all, force);
    return show("Pushing", (daemon, progress) -> daemon.push(request, progress));
  }
}
