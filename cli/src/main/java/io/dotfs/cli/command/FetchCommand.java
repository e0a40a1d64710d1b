package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.FetchRequest;
import picocli.CommandLine.Command;

@Command(
    name = "fetch",
    description =
        "Bring a remote's branches here as REMOTE/BRANCH; neither your branches nor your data change.",
    footer = "  dm fetch hub && dm diff --stat master hub/master")
final class FetchCommand extends TransferCommand {
  FetchCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    FetchRequest request = new FetchRequest(what(), remote(session()::daemon), remoteDot());
    return show("Fetching", (daemon, progress) -> daemon.fetch(request, progress));
  }
}
