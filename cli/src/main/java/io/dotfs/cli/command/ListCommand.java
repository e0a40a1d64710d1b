package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    aliases = "ls",
    description =
        "List the dots with their branch, size, commits, and what changed since the last commit.",
    footer = "  dm list -H | cut -f1    # the names alone")
final class ListCommand extends DmCommand {
  @Option(
      names = {"-H", "--scripting"},
      description = "No header, fields separated by one tab, sizes in bytes.")
  private boolean scripting;

  @Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  ListCommand(Session session) {
    super(session);
  }

  /** The document of {@code dm list --json}. */
  record ListDocument(String currentRemote, Optional<String> currentDot, List<DotSummary> dots) {}

  @Override
  int run() throws DaemonException, SettingsException {
    Settings settings = session().settings();
    List<DotSummary> dots = session().daemon().list(new ListRequest()).dots();
    Optional<String> current =
        settings
            .currentDot()
            .filter(name -> dots.stream().anyMatch(dot -> dot.name().equals(name)))
            .or(() -> dots.size() == 1 ? Optional.of(dots.get(0).name()) : Optional.empty());
    if (json) {
      session().json(new ListDocument(Remote.LOCAL, current, dots));
    } else if (scripting) {
      session().out().print(DotText.listForScripts(dots));
    } else {
      session().out().print(DotText.list(settings.currentRemote(), dots, current));
    }
    return Main.DONE;
  }
}
