package io.dotfs.cli.command;

import io.dotfs.cli.render.Figures;
import io.dotfs.daemon.api.ArchiveMessages.ExportReply;
import io.dotfs.daemon.api.ArchiveMessages.ExportRequest;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = {
      "Write the data of a commit as a tar (pax format), with owners, modes, times, attributes, links and holes. A"
          + " commit always gives the same bytes, and 'dm import' makes the same data of them.",
      "A name without subdot means __default__; DOT.__root__ writes all subdots, each as a directory."
    },
    footer = "  dm export shop.db --at HEAD^ | zstd >shop-db.tar.zst")
final class ExportCommand extends DmCommand {
  private static final String STANDARD_OUTPUT = "-";

  @Parameters(index = "0", paramLabel = "NAME", description = "[namespace/]dot[@branch][.subdot]")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE.tar",
      description = "Where to; standard output if it is - or not said.")
  private String target = STANDARD_OUTPUT;

  @Option(names = "--at", paramLabel = "COMMIT", description = "This commit instead of HEAD.")
  private Optional<String> at = Optional.empty();

  @Option(names = "--json", description = "Print what was written as JSON; needs FILE.tar.")
  private boolean json;

  ExportCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException, DaemonException {
    ExportRequest request = new ExportRequest(name, at);
    try {
      if (!target.equals(STANDARD_OUTPUT)) {
        show(
            NewFile.write(
                session().file(target), out -> session().daemon().exportTar(request, out)));
        return Main.DONE;
      }
      if (session().terminal().output()) {
        throw CommandException.failed(
            "a tar is nothing for a terminal", "dm export " + name + " FILE.tar");
      }
      if (json) {
        throw CommandException.usage("--json needs a file to write to", "dm export NAME FILE.tar");
      }
      session().daemon().exportTar(request, session().out());
      return Main.DONE;
    } catch (IOException e) {
      throw CommandException.failed("cannot write " + target + ": " + NewFile.reason(e));
    }
  }

  private void show(ExportReply reply) {
    if (json) {
      session().json(reply);
      return;
    }
    session()
        .out()
        .println(
            "Exported "
                + Figures.count(reply.members(), "name", "names")
                + ", "
                + Figures.size(reply.bytes())
                + ", of commit "
                + reply.id());
  }
}
