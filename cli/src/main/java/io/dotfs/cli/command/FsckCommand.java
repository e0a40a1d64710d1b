package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "fsck",
    description =
        "Read everything that is stored and check it. Exit status 1 if something is damaged.",
    footer = "  dm fsck")
final class FsckCommand extends DmCommand {
  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  FsckCommand(Session session) {
    super(session);
  }

  @Override
  int run() throws CommandException, DaemonException {
    WorkProgress progress = session().workProgress();
    FsckReply reply;
    try {
      reply = session().daemon().fsck(new FsckRequest(), progress);
    } finally {
      progress.ended();
    }
    return show(session(), reply, json);
  }

  /** Prints what a check found; exit status 1 if something is damaged. */
  static int show(Session session, FsckReply reply, boolean json) throws CommandException {
    if (json) {
      session.json(reply);
      return reply.damage().isEmpty() ? Main.DONE : Main.FAILED;
    }
    session
        .out()
        .println(
            "Checked "
                + Figures.count(reply.objects(), "object", "objects")
                + ", "
                + Figures.size(reply.bytes())
                + ", and "
                + Figures.count(reply.refs(), "ref", "refs"));
    for (Damage damage : reply.damage()) {
      String place =
          damage.pack().isEmpty() ? "" : " in " + damage.pack() + " at " + damage.offset();
      session
          .out()
          .println("damaged: " + Escapes.line(damage.object() + place + ": " + damage.problem()));
    }
    if (!reply.damage().isEmpty()) {
      throw CommandException.failed(
          Figures.count(reply.damage().size(), "thing is", "things are") + " damaged");
    }
    session.out().println("All is sound");
    return Main.DONE;
  }
}
