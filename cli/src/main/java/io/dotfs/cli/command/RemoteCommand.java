package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents.RemoteLine;
import io.dotfs.cli.render.Documents.RemoteList;
import io.dotfs.cli.settings.Remote;
import io.dotfs.cli.settings.Settings;
import io.dotfs.cli.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "remote",
    customSynopsis = {
      "dm remote [-v] [--json]",
      "       dm remote add NAME URL",
      "       dm remote rm NAME",
      "       dm remote switch NAME"
    },
    description = "List the remotes, add, remove or choose one.",
    footer = "  dm remote add hub me@hub.example.com")
final class RemoteCommand extends DmCommand {
  @Option(
      names = {"-v", "--urls"},
      description = "Show where each is, and '* ' before the current one.")
  private boolean urls;

  @Option(names = "--json", description = "Print the remotes as JSON, without keys.")
  private boolean json;

  RemoteCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws SettingsException {
    Settings settings = session().settings();
    List<RemoteLine> lines = new ArrayList<>();
    List<String> display = new ArrayList<>();
    lines.add(new RemoteLine(Remote.LOCAL, Remote.LOCAL, Optional.of("admin")));
    display.add("admin@localhost");
    for (Remote remote : settings.remotes()) {
      lines.add(new RemoteLine(remote.name(), remote.address().text(), remote.address().user()));
      display.add(remote.address().display());
    }
    String current = settings.currentRemote();
    if (json) {
      session().json(new RemoteList(current, lines));
      return Main.DONE;
    }
    for (int i = 0; i < lines.size(); i++) {
      String name = lines.get(i).name();
      session()
          .out()
          .println(urls ? (name.equals(current) ? "* " : "") + name + "\t" + display.get(i) : name);
    }
    return Main.DONE;
  }
}
