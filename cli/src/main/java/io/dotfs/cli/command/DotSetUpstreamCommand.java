package io.dotfs.cli.command;

import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.SetUpstreamRequest;
import io.dotfs.daemon.api.DotMessages.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "set-upstream",
    customSynopsis = "dm dot set-upstream [DOT] REMOTE REMOTE-DOT",
    description =
        "Say where push, pull and fetch of a dot go. The first transfer does so by itself.",
    footer = "  dm dot set-upstream hub me/shop")
final class DotSetUpstreamCommand extends DotCommand {
  @Parameters(
      arity = "0..3",
      paramLabel = "WORD",
      description = "The dot (the current one if left out), the remote, and the dot's name there.")
  private List<String> words = new ArrayList<>();

  DotSetUpstreamCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    if (words.size() < 2) {
      throw CommandException.usage(
          "a remote and the dot's name there are needed",
          "dm dot set-upstream [DOT] REMOTE REMOTE-DOT");
    }
    Optional<String> dot = words.size() == 3 ? Optional.of(words.get(0)) : Optional.empty();
    String remote = session().settings().remote(words.get(words.size() - 2)).name();
    Upstream upstream = new Upstream(remote, words.get(words.size() - 1));
    session().daemon().setUpstream(new SetUpstreamRequest(selector(dot).dot(), upstream));
    return Main.DONE;
  }
}
