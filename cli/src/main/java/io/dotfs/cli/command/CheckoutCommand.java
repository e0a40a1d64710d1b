package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.DaemonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "checkout",
    customSynopsis = {
      "dm checkout [--force|--carry] BRANCH",
      "       dm checkout [--carry] -b NEW [START]",
      "       dm checkout [COMMIT] -- PATH..."
    },
    description = {
      "Switch every mounted subdot to another branch, at once, however large. Uncommitted data stays with the branch"
          + " that it was written on.",
      "With paths after --, bring those back from a commit instead."
    },
    footer = "  dm checkout -b experiment")
final class CheckoutCommand extends DotCommand implements TakesPaths {
  @Option(names = "-b", description = "Make the branch first, from START (HEAD if not said).")
  private boolean create;

  @Option(
      names = {"-f", "--force"},
      description =
          "Even while a process has something open there; it gets ESTALE for what it has open.")
  private boolean force;

  @Option(
      names = "--carry",
      description =
          "Take the uncommitted data along, to a branch at the same commit; nothing has to be closed for it.")
  private boolean carry;

  @Parameters(
      arity = "0..2",
      paramLabel = "BRANCH",
      description = "The branch; after -b also where it starts.")
  private List<String> words = new ArrayList<>();

  private Optional<List<String>> paths = Optional.empty();

  CheckoutCommand(Session session) {
    super(session);
  }

  @Override
  public void paths(List<String> afterDashes) {
    paths = Optional.of(afterDashes);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (paths.isPresent()) {
      return restore(paths.get());
    }
    if (words.isEmpty() || (!create && words.size() > 1)) {
      throw CommandException.usage(
          words.isEmpty() ? "no branch is named" : "more than one branch is named",
          words.isEmpty()
              ? "dm checkout BRANCH; dm branch lists the branches"
              : "dm checkout -b NEW START makes a branch; paths stand after --");
    }
    Optional<String> start = words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty();
    CheckoutReply reply =
        session()
            .daemon()
            .checkout(new CheckoutRequest(dot(), words.get(0), create, start, force, carry));
    session()
        .out()
        .println(
            (reply.created()
                    ? "Switched to a new branch '"
                    : reply.branch().equals(reply.previousBranch())
                        ? "Already on '"
                        : "Switched to branch '")
                + Escapes.line(reply.branch())
                + "'");
    return ContainerNotes.print(
        session(),
        reply.restarted(),
        reply.warnings(),
        "dm checkout " + reply.previousBranch() + " --dot " + DotText.shortName(reply.name()));
  }

  private int restore(List<String> wanted)
      throws CommandException, DaemonException, SettingsException {
    if (create || wanted.isEmpty() || words.size() > 1) {
      throw CommandException.usage(
          "which paths to bring back is not clear", "dm checkout [COMMIT] -- PATH...");
    }
    Optional<String> revision = words.isEmpty() ? Optional.empty() : Optional.of(words.get(0));
    RestoreReply reply =
        session().daemon().restore(new RestoreRequest(selector(), revision, wanted));
    session().out().println("Restored " + Figures.count(reply.changed(), "path", "paths"));
    return Main.DONE;
  }
}
