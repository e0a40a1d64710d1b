package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description =
        "Show all about a dot: size, commits, branches, tags, mounts, and where it goes by default.",
    footer = "  dm dot show -H shop | awk '$1 == \"branch\" { print $2 }'")
final class DotShowCommand extends DotCommand {
  @Option(
      names = {"-H", "--scripting"},
      description = "One field a line, its name and values separated by tabs.")
  private boolean scripting;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Parameters(
      paramLabel = "DOT",
      arity = "0..1",
      description = "The dot; the current one if none is named.")
  private Optional<String> word = Optional.empty();

  DotShowCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    DotShowReply dot = session().daemon().dotShow(new DotShowRequest(selector(word).dot()));
    boolean current =
        session().settings().currentDot().map(dot.summary().name()::equals).orElse(false);
    if (json) {
      session().json(dot);
    } else if (scripting) {
      session().out().print(DotText.showForScripts(dot, current));
    } else {
      session().out().print(DotText.show(dot, current));
    }
    return Main.DONE;
  }
}
