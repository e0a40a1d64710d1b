package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents.DotList;
import io.dotfs.cli.render.Documents.RemoteDotList;
import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteListRequest;
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

  @Override
  int run() throws DaemonException, SettingsException {
    Settings settings = session().settings();
    String remote = settings.currentRemote();
    return remote.equals(Remote.LOCAL) ? here(settings) : there(settings.remote(remote));
  }

  private int here(Settings settings) throws DaemonException {
    List<DotSummary> dots = session().daemon().list(new ListRequest()).dots();
    Optional<String> current =
        settings
            .currentDot()
            .filter(name -> dots.stream().anyMatch(dot -> dot.name().equals(name)))
            .or(() -> dots.size() == 1 ? Optional.of(dots.get(0).name()) : Optional.empty());
    if (json) {
      session().json(new DotList(Remote.LOCAL, current, dots));
    } else if (scripting) {
      session().out().print(DotText.listForScripts(dots));
    } else {
      session().out().print(DotText.list(Remote.LOCAL, dots, current));
    }
    return Main.DONE;
  }

  /** The dots that the user may see on a remote; what is known of them is their names. */
  private int there(Remote remote) throws DaemonException {
    boolean table = !json && !scripting;
    if (table) {
      session().out().print(DotText.listHeading(remote.name()));
    }
    List<RemoteDotInfo> dots =
        session().daemon().remoteList(new RemoteListRequest(TransferCommand.spec(remote))).dots();
    if (json) {
      session().json(new RemoteDotList(remote.name(), dots));
    } else if (scripting) {
      dots.forEach(dot -> session().out().println(Escapes.line(dot.name())));
    } else {
      session().out().print(DotText.remoteList(dots));
    }
    return Main.DONE;
  }
}
