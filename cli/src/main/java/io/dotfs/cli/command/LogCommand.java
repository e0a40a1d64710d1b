package io.dotfs.cli.command;

import io.dotfs.cli.render.HistoryText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.cli.signing.AllowedSigners;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "log",
    customSynopsis = "dm log [OPTIONS] [REVISION | A..B] [-- PATH...]",
    description = {
      "Show the commits, newest first: of the branch, from REVISION on, or those that B has and A lacks.",
      "With paths after --, only the commits that changed one of them. -5 means -n 5."
    },
    footer = "  dm log -5 --oneline -- db")
final class LogCommand extends DotCommand implements TakesPaths, TakesCount {
  @Option(
      names = {"-n", "--max-count"},
      paramLabel = "N",
      description = "Show at most the newest N commits.")
  private Optional<Integer> limit = Optional.empty();

  @Option(names = "--oneline", description = "One line for each commit.")
  private boolean oneline;

  @Option(names = "--graph", description = "Draw how the commits hang together.")
  private boolean graph;

  @Option(names = "--oldest-first", description = "Show the oldest commit first.")
  private boolean oldestFirst;

  @Option(
      names = "--show-signature",
      description = "Check the signatures of signed commits, and say whose they are.")
  private boolean showSignature;

  @Option(names = "--json", description = "Print the commits as JSON.")
  private boolean json;

  @Parameters(
      paramLabel = "REVISION",
      arity = "0..1",
      description = "Where to start instead of the branch; A..B leaves out what A has.")
  private Optional<String> revision = Optional.empty();

  private List<String> paths = List.of();

  LogCommand(Session session) {
    super(session);
  }

  @Override
  public void paths(List<String> words) {
    paths = words;
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException, IOException {
    if (limit.isPresent() && limit.get() < 0) {
      throw CommandException.usage("a negative number of commits", "dm log -n N");
    }
    if (graph && oldestFirst) {
      throw CommandException.usage(
          "these do not go together: --graph, --oldest-first", "dm log --help");
    }
    LogReply reply =
        limit.isPresent() && limit.get() == 0
            ? new LogReply("", "", List.of())
            : session()
                .daemon()
                .log(
                    new LogRequest(
                        selector(), revision, limit.orElse(0), oldestFirst, showSignature, paths));
    if (showSignature) {
      AllowedSigners allowed = Signing.allowed(session());
      reply =
          new LogReply(
              reply.name(),
              reply.branch(),
              reply.commits().stream().map(commit -> Signing.judged(commit, allowed)).toList());
    }
    if (json) {
      session().json(reply);
    } else if (graph) {
      Pager.print(session(), HistoryText.graph(reply.commits(), oneline, session().style()));
    } else if (oneline) {
      Pager.print(session(), HistoryText.oneline(reply.commits(), session().style()));
    } else {
      Pager.print(session(), HistoryText.log(reply.commits(), session().style()));
    }
    return Main.DONE;
  }
}
