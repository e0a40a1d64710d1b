package io.dotfs.cli.command;

import io.dotfs.cli.render.DiffText;
import io.dotfs.cli.render.Style;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.DiffRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    customSynopsis = "dm diff [OPTIONS] [A [B]] [-- PATH...]",
    description = {
      "Show what differs: between HEAD and the data as it stands, between the commit A and the data as it stands,"
          + " or between two commits, A B or A..B. Nothing is stopped for it.",
      "Paths after -- limit it; each begins with the subdot, as in db/base/1."
    },
    footer = "  dm diff --stat master experiment -- files")
final class DiffCommand extends DotCommand implements TakesPaths {
  @Parameters(
      index = "0",
      paramLabel = "A",
      arity = "0..1",
      description = "The older side; HEAD if none is named.")
  private Optional<String> from = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "B",
      arity = "0..1",
      description = "The newer side; the data as it stands if none is named.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = {"-p", "--patch"},
      description = "Changed lines of text, one line for the rest; the default.")
  private boolean patch;

  @Option(names = "--name-status", description = "A letter (A M D R T) and the path.")
  private boolean nameStatus;

  @Option(names = "--stat", description = "Bytes changed, of bytes in all.")
  private boolean stat;

  @Option(
      names = "--summary",
      description = "For each subdot the files and bytes added, changed, removed.")
  private boolean summary;

  @Option(names = "--json", description = "Print the changes as JSON; with -p the patches too.")
  private boolean json;

  private static final Optional<String> HEAD = Optional.of("HEAD");

  private List<String> paths = List.of();

  DiffCommand(Session session) {
    super(session);
  }

  @Override
  public void paths(List<String> words) {
    paths = words;
  }

  @Override
  int run() throws DaemonException, SettingsException, IOException {
    boolean byDefault = !(nameStatus || stat || summary || json);
    int dots = to.isEmpty() ? from.orElse("").indexOf("..") : -1;
    if (dots >= 0) {
      String range = from.orElseThrow();
      to = Optional.of(range.substring(dots + 2)).filter(text -> !text.isEmpty()).or(() -> HEAD);
      from = Optional.of(range.substring(0, dots)).filter(text -> !text.isEmpty()).or(() -> HEAD);
    }
    DiffReply diff =
        session()
            .daemon()
            .diff(
                new DiffRequest(
                    selector(), from, to, patch || byDefault, stat || summary || json, paths));
    if (json) {
      session().json(diff);
      return Main.DONE;
    }
    Style style = session().style();
    List<String> parts = new ArrayList<>();
    if (summary) {
      parts.add(DiffText.summary(diff));
    }
    if (nameStatus) {
      parts.add(DiffText.nameStatus(diff));
    }
    if (stat) {
      parts.add(DiffText.stat(diff, style));
    }
    if (patch || byDefault) {
      parts.add(DiffText.patch(diff, style));
    }
    parts.removeIf(String::isEmpty);
    Pager.print(session(), String.join("\n", parts));
    return Main.DONE;
  }
}
