package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    description =
        "Create a dot and make it the current one. It has no commits until the first 'dm commit'.",
    footer = "  dm init shop")
final class InitCommand extends DmCommand {
  @Parameters(paramLabel = "DOT", description = "Its name, [namespace/]dot.")
  private String dot = "";

  @Option(names = "--json", description = "Print the new dot as JSON.")
  private boolean json;

  InitCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    session().settings(); // what is damaged is known before anything is made
    DotSummary made = session().daemon().init(new InitRequest(dot));
    session().makeCurrent(made.name());
    if (json) {
      session().json(made);
    } else {
      session()
          .out()
          .println("Created dot " + DotText.shortName(made.name()) + " on branch " + made.branch());
    }
    return Main.DONE;
  }
}
