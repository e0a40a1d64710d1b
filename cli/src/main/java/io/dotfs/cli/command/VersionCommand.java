package io.dotfs.cli.command;

import io.dotfs.cli.render.Documents.Versions;
import io.dotfs.cli.render.Escapes;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DaemonLauncher;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "version",
    description = "Print the version of this program, and of the daemon if it runs.",
    footer = "  dm version")
final class VersionCommand extends DmCommand {
  @Option(names = "--json", description = "Print the versions as JSON.")
  private boolean json;

  VersionCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws DaemonException {
    Optional<String> daemon =
        new DaemonLauncher(session().endpoint()).listens()
            ? Optional.of(new DaemonClient(session().endpoint().socket()).ping().version())
            : Optional.empty();
    Versions versions = new Versions(own(), Runtime.version().toString(), daemon);
    if (json) {
      session().json(versions);
      return Main.DONE;
    }
    session().out().println("dm " + versions.client());
    session().out().println("daemon " + daemon.map(Escapes::line).orElse("not running"));
    session().out().println("Java " + versions.java());
    return Main.DONE;
  }

  private static String own() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
