package io.dotfs.cli.command;

import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "reflog",
    description =
        "Show where the branch has pointed, newest first: what 'dm reset' left behind is found here.",
    footer = "  dm reset --hard 'master@{1}'    # undo the last move")
final class ReflogCommand extends DotCommand implements TakesCount {
  private static final String SHOW = "show";

  @Option(
      names = {"-n", "--max-count"},
      paramLabel = "N",
      defaultValue = "0",
      description = "Show at most the newest N moves.")
  private int limit;

  @Option(names = "--json", description = "Print the moves as JSON.")
  private boolean json;

  @Parameters(
      paramLabel = "BRANCH",
      arity = "0..2",
      description = "The branch; 'show BRANCH' means the same.")
  private List<String> words = new ArrayList<>();

  ReflogCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException, IOException {
    if (limit < 0) {
      throw CommandException.usage("a negative number of moves", "dm reflog -n N");
    }
    ReflogReply reply = session().daemon().reflog(new ReflogRequest(meant(), limit));
    if (json) {
      session().json(reply);
    } else {
      Pager.print(session(), HistoryText.reflog(reply, session().style()));
    }
    return Main.DONE;
  }

  private DotSelector meant() throws CommandException, SettingsException {
    List<String> branches =
        !words.isEmpty() && words.get(0).equals(SHOW) ? words.subList(1, words.size()) : words;
    if (branches.size() > 1) {
      throw CommandException.usage("unexpected word '" + branches.get(1) + "'", "dm reflog --help");
    }
    DotSelector selector = selector();
    return branches.isEmpty() || branches.get(0).equals("HEAD")
        ? selector
        : new DotSelector(selector.dot(), Optional.of(branches.get(0)));
  }
}
