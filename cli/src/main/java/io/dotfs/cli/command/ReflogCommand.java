package io.dotfs.cli.command;

import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogRequest;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reflog",
    description =
        "Show where the branch has pointed, newest first: what 'dm reset' left behind is found here.",
    footer = "  dm reset --hard 'master@{1}'    # undo the last move")
final class ReflogCommand extends DotCommand {
  @Option(
      names = {"-n", "--max-count"},
      paramLabel = "N",
      defaultValue = "0",
      description = "Show at most the newest N moves.")
  private int limit;

  @Option(names = "--json", description = "Print the moves as JSON.")
  private boolean json;

  ReflogCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException, IOException {
    if (limit < 0) {
      throw CommandException.usage("a negative number of moves", "dm reflog -n N");
    }
    ReflogReply reply = session().daemon().reflog(new ReflogRequest(selector(), limit));
    if (json) {
      session().json(reply);
    } else {
      Pager.print(session(), HistoryText.reflog(reply, session().style()));
    }
    return Main.DONE;
  }
}
