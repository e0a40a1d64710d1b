package io.dotfs.cli.command;

import io.dotfs.cli.render.DiffText;
import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.ShowReply;
import io.dotfs.daemon.api.HistoryMessages.ShowRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Show a commit and what it changed.",
    footer = "  dm show HEAD^")
final class ShowCommand extends DotCommand {
  @Parameters(
      paramLabel = "COMMIT",
      arity = "0..1",
      description = "The commit; HEAD if none is named.")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = {"-p", "--patch"},
      description = "Show the changed lines of text files.")
  private boolean patch;

  @Option(names = "--stat", description = "Show the changed bytes of each path; the default.")
  private boolean stat;

  @Option(names = "--name-status", description = "Show a letter (A M D R T) and the path.")
  private boolean nameStatus;

  @Option(
      names = {"-s", "--no-patch"},
      description = "Show the commit alone.")
  private boolean commitAlone;

  @Option(names = "--json", description = "Print commit and changes as JSON.")
  private boolean json;

  ShowCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException, IOException {
    ShowReply shown = session().daemon().show(new ShowRequest(selector(), revision, patch));
    ShowReply reply =
        shown.commit().signature().isEmpty()
            ? shown
            : new ShowReply(
                shown.name(),
                Signing.judged(shown.commit(), Signing.allowed(session())),
                shown.diff());
    if (json) {
      session().json(reply);
      return Main.DONE;
    }
    List<String> parts = new ArrayList<>();
    if (nameStatus) {
      parts.add(DiffText.nameStatus(reply.diff()));
    }
    if (stat || !(nameStatus || patch || commitAlone)) {
      parts.add(DiffText.stat(reply.diff(), session().style()));
    }
    if (patch) {
      parts.add(DiffText.patch(reply.diff(), session().style()));
    }
    parts.removeIf(String::isEmpty);
    String difference = String.join("\n", parts);
    String commit = HistoryText.commit(reply.commit(), session().style());
    Pager.print(session(), difference.isEmpty() ? commit : commit + "\n" + difference);
    return Main.DONE;
  }
}
