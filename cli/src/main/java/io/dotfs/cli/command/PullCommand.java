package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.RemoteMessages.FetchRequest;
import io.dotfs.daemon.api.RemoteMessages.PullRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
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
    PullRequest request = new PullRequest(what(), remote(session()::daemon), remoteDot(), force);
    try {
      return show("Pulling", (daemon, progress) -> daemon.pull(request, progress));
    } catch (DaemonException e) {
      if (!stash || e.kind() != ErrorKind.DIVERGED) {
        throw e;
      }
      return stashAndTake(request);
    }
  }

  /** Names the branch's commits first, so that nothing is out of reach whatever happens after. */
  private int stashAndTake(PullRequest pull) throws DaemonException {
    DaemonClient daemon = session().daemon();
    DotSelector what = pull.selector();
    StatusReply status = daemon.status(new StatusRequest(what, false));
    daemon.fetch(new FetchRequest(what, pull.remote(), pull.remoteDot()), ProgressListener.NONE);
    String kept = status.branch() + "-DIVERGED-" + utc(Instant.now());
    daemon.branchCreate(
        new BranchCreateRequest(Optional.of(status.name()), kept, Optional.of(status.branch())));
    ResetReply reset;
    try {
      reset =
          daemon.reset(
              new ResetRequest(
                  what, pull.remote().name() + "/" + status.branch(), false, pull.force()));
    } catch (DaemonException e) {
      daemon.branchDelete(new BranchDeleteRequest(Optional.of(status.name()), kept, true));
      throw e;
    }
    session()
        .out()
        .println(
            "Your commits are kept on branch "
                + kept
                + "\nBranch "
                + reset.branch()
                + " is now at "
                + DotText.shortId(reset.after()));
    return Main.DONE;
  }

  /** As in {@code 20261121T131750Z}, which a branch's name may hold. */
  static String utc(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString().replace("-", "").replace(":", "");
  }
}
