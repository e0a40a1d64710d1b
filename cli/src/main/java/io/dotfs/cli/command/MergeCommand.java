package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.MergeText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.signing.Signer;
import io.dotfs.daemon.api.BranchMessages.FastForward;
import io.dotfs.daemon.api.BranchMessages.MergeOutcome;
import io.dotfs.daemon.api.BranchMessages.MergeReply;
import io.dotfs.daemon.api.BranchMessages.MergeRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "merge",
    description = {
      "Bring the commits of another branch into this one: by moving it there where it has no commits of its own,"
          + " else by a commit with two parents that takes each path from the side that changed it.",
      "A path that both sides changed is a conflict: each is listed with the ids of the common state, ours and theirs,"
          + " and nothing is changed. A merged set of database files is no merged database: merge what is made of independent files."
    },
    footer = "  dm merge -m \"Take the new fixtures\" experiment")
final class MergeCommand extends DotCommand {
  @Parameters(
      paramLabel = "BRANCH",
      description = "The branch, remote/branch, tag or commit to bring in.")
  private String revision = "";

  @Option(
      names = {"-m", "--message"},
      paramLabel = "MSG",
      description = "The merge commit's message. Several -m make paragraphs.")
  private List<String> messages = new ArrayList<>();

  @Option(names = "--ff-only", description = "Refuse unless the branch has no commits of its own.")
  private boolean onlyForward;

  @Option(names = "--no-ff", description = "Make a merge commit in any case.")
  private boolean noForward;

  @Option(
      names = "--author",
      paramLabel = "AUTHOR",
      description = "Author of the merge commit, 'Name <mail>', instead of you.")
  private Optional<String> author = Optional.empty();

  @Option(
      names = {"-S", "--sign"},
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "",
      description = "Sign the merge commit, as 'dm commit --sign' does; write --sign=FILE.")
  private Optional<String> sign = Optional.empty();

  @Option(
      names = {"-f", "--force"},
      description =
          "Even while a process has something open there; it gets ESTALE for what it has open.")
  private boolean force;

  @Option(names = "--json", description = "Print what came of it as JSON.")
  private boolean json;

  MergeCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (onlyForward && noForward) {
      throw CommandException.usage(
          "these do not go together: --ff-only, --no-ff", "dm merge --help");
    }
    Optional<Signer> signer =
        sign.isPresent() ? Optional.of(Signing.key(session(), sign.get())) : Optional.empty();
    Signing.Listener listener = new Signing.Listener(session(), ProgressListener.NONE, signer);
    MergeRequest request =
        new MergeRequest(
            selector(),
            revision,
            messages.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", messages)),
            author,
            onlyForward ? FastForward.ONLY : noForward ? FastForward.NEVER : FastForward.ALLOWED,
            signer.isPresent(),
            force);
    MergeReply reply;
    try {
      reply = session().daemon().merge(request, listener);
    } catch (DaemonException e) {
      throw listener.explain(e);
    }
    if (json) {
      session().json(reply);
    } else {
      session().out().print(MergeText.of(reply));
    }
    if (reply.outcome() == MergeOutcome.CONFLICTS) {
      int count = reply.conflicts().size();
      throw CommandException.failed(
          "both sides changed "
              + (count == 1 ? "a path" : count + " paths")
              + "; nothing was merged",
          "make them alike (dm checkout " + revision + " -- PATH, dm commit), then merge again");
    }
    return ContainerNotes.print(
        session(),
        reply.restarted(),
        reply.warnings(),
        "dm reset --hard "
            + reply.before().map(DotText::shortId).orElse("HEAD")
            + " --dot "
            + DotText.shortName(reply.name()));
  }
}
