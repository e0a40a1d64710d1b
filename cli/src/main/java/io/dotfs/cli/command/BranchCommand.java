package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteReply;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.BranchRenameRequest;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "branch",
    customSynopsis = {
      "dm branch [-v] [-a]",
      "       dm branch NAME [START]",
      "       dm branch -d|-D NAME",
      "       dm branch -m OLD NEW"
    },
    description =
        "List the branches, or create, delete or rename one. A new branch costs nothing, however large the dot.",
    footer = "  dm branch experiment HEAD^")
final class BranchCommand extends DotCommand {
  @Option(
      names = {"-v", "--commits"},
      description = "Show the last commit of each branch.")
  private boolean details;

  @Option(
      names = {"-a", "--all"},
      description = "List the remotes' branches as well.")
  private boolean all;

  @ArgGroup(exclusive = true)
  private Action action = new Action();

  @Option(names = "--json", description = "Print the branches as JSON.")
  private boolean json;

  @Parameters(
      arity = "0..2",
      paramLabel = "NAME",
      description = "Branch, and where it starts (HEAD if not said).")
  private List<String> words = new ArrayList<>();

  /** At most one of these. */
  static final class Action {
    @Option(names = "-d", description = "Delete the branch; refused where commits would be lost.")
    private boolean delete;

    @Option(names = "-D", description = "Delete the branch even so.")
    private boolean deleteAnyway;

    @Option(names = "-m", description = "Rename the branch OLD to NEW.")
    private boolean rename;
  }

  BranchCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (action.delete || action.deleteAnyway) {
      return delete(session().daemon());
    } else if (action.rename) {
      return rename(session().daemon());
    } else if (words.isEmpty()) {
      return list(session().daemon());
    }
    Optional<String> start = words.size() > 1 ? Optional.of(words.get(1)) : branchOption();
    session().daemon().branchCreate(new BranchCreateRequest(dot(), words.get(0), start));
    return Main.DONE;
  }

  private int list(DaemonClient daemon) throws DaemonException, SettingsException {
    BranchListReply reply = daemon.branchList(new BranchListRequest(dot()));
    if (json) {
      session().json(reply);
    } else {
      session().out().print(DotText.branches(reply, all, details, session().style()));
    }
    return Main.DONE;
  }

  private int delete(DaemonClient daemon)
      throws CommandException, DaemonException, SettingsException {
    if (words.isEmpty()) {
      throw CommandException.usage("no branch is named", "dm branch -d NAME");
    }
    for (String name : words) {
      BranchDeleteReply reply =
          daemon.branchDelete(new BranchDeleteRequest(dot(), name, action.deleteAnyway));
      String was = reply.head().map(id -> " (was " + DotText.shortId(id) + ")").orElse("");
      session().out().println("Deleted branch " + Escapes.line(reply.name()) + was);
    }
    return Main.DONE;
  }

  private int rename(DaemonClient daemon)
      throws CommandException, DaemonException, SettingsException {
    if (words.size() != 2) {
      throw CommandException.usage("renaming takes two names", "dm branch -m OLD NEW");
    }
    daemon.branchRename(new BranchRenameRequest(dot(), words.get(0), words.get(1)));
    return Main.DONE;
  }
}
