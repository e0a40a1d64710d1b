package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ForkRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fork",
    description = {
      "Make a dot that begins with all branches, tags and commits of another one, and goes its own way from there.",
      "Takes no time and no space, however large the other is. What is not committed there stays there."
    },
    footer = "  dm fork shop try && dm switch try")
final class ForkCommand extends DmCommand {
  @Parameters(index = "0", paramLabel = "SRC", description = "The dot to begin with.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "What to call the new one.")
  private String name = "";

  @Option(names = "--json", description = "Print the new dot as JSON.")
  private boolean json;

  ForkCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException {
    DotSummary made = session().daemon().fork(new ForkRequest(source, name));
    if (json) {
      session().json(made);
    } else {
      session()
          .out()
          .println(
              "Forked "
                  + Escapes.line(source)
                  + " to "
                  + DotText.shortName(made.name())
                  + ", on branch "
                  + Escapes.line(made.branch())
                  + " with "
                  + Figures.count(made.commits(), "commit", "commits"));
    }
    return Main.DONE;
  }
}
