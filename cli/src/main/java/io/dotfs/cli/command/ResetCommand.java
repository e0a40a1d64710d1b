package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "reset",
    description = {
      "Move the branch to another commit, and the data with it. Refused while there is uncommitted data, unless --hard.",
      "No commit is lost: 'dm reflog' finds where the branch was."
    },
    footer = "  dm reset --hard HEAD^")
final class ResetCommand extends DotCommand {
  @Option(names = "--hard", description = "Drop uncommitted data.")
  private boolean hard;

  @Option(
      names = {"-f", "--force"},
      description =
          "Even while a process has something open there; it gets ESTALE for what it has open.")
  private boolean force;

  @Parameters(
      paramLabel = "REF",
      arity = "0..1",
      defaultValue = "HEAD",
      description = "The commit; HEAD if not said.")
  private String ref = "HEAD";

  ResetCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws DaemonException, SettingsException {
    ResetReply reply = session().daemon().reset(new ResetRequest(selector(), ref, hard, force));
    session()
        .out()
        .println(
            ("Branch "
                    + Escapes.line(reply.branch())
                    + " is now at "
                    + DotText.shortId(reply.after())
                    + " "
                    + Escapes.line(reply.subject()))
                .strip());
    return ContainerNotes.print(
        session(),
        reply.restarted(),
        reply.warnings(),
        "dm reset --hard "
            + reply.before().map(DotText::shortId).orElse("HEAD")
            + " --dot "
            + DotText.shortName(reply.name()));
  }
}
