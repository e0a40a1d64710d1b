package io.dotfs.cli.command;

import io.dotfs.cli.render.Figures;
import io.dotfs.cli.settings.SettingsException;
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
    name = "restore",
    customSynopsis = "dm restore [--source COMMIT] [--] PATH...",
    description =
        "Bring single paths back from a commit; each begins with the subdot, as in files/report.txt.",
    footer = "  dm restore --source HEAD^ files/report.txt")
final class RestoreCommand extends DotCommand implements TakesPaths {
  @Option(
      names = {"-s", "--source"},
      paramLabel = "COMMIT",
      description = "The commit to take them from; HEAD if not said.")
  private Optional<String> source = Optional.empty();

  @Parameters(arity = "0..*", paramLabel = "PATH", description = "What to bring back.")
  private List<String> words = new ArrayList<>();

  private List<String> more = List.of();

  RestoreCommand(Session session) {
    super(session);
  }

  @Override
  public void paths(List<String> afterDashes) {
    more = afterDashes;
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    List<String> paths = new ArrayList<>(words);
    paths.addAll(more);
    if (paths.isEmpty()) {
      throw CommandException.usage("no path is named", "dm restore [--source COMMIT] PATH...");
    }
    RestoreReply reply = session().daemon().restore(new RestoreRequest(selector(), source, paths));
    session().out().println("Restored " + Figures.count(reply.changed(), "path", "paths"));
    return Main.DONE;
  }
}
