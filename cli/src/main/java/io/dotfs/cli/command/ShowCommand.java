package io.dotfs.cli.command;

import io.dotfs.cli.render.DiffText;
import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.ShowReply;
import io.dotfs.daemon.api.HistoryMessages.ShowRequest;
import java.io.IOException;
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
    String difference =
        patch
            ? DiffText.patch(reply.diff(), session().style())
            : DiffText.stat(reply.diff(), session().style());
    String commit = HistoryText.commit(reply.commit(), session().style());
    Pager.print(session(), difference.isEmpty() ? commit : commit + "\n" + difference);
    return Main.DONE;
  }
}
