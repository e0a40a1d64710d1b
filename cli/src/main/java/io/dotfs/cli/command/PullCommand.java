package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.RemoteMessages.PullRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "pull",
    description = {
      "Bring a branch up to date from a remote, and the mounted data with it.",
      "Refused over uncommitted data, and if both sides have commits that the other lacks."
    },
    footer = "  dm pull hub")
final class PullCommand extends TransferCommand {
  @Option(
      names = {"-f", "--force"},
      description =
          "Even while a process has something open there; it gets ESTALE for what it has open.")
  private boolean force;

  @Option(
      names = "--stash-on-divergence",
      description =
          "If both sides have commits that the other lacks, keep yours as BRANCH-DIVERGED-UTC and take theirs.")
  private boolean stash;

  PullCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    PullRequest request =
        new PullRequest(what(), remote(session()::daemon), remoteDot(), force, stash);
    return show("Pulling", (daemon, progress) -> daemon.pull(request, progress));
  }
}
