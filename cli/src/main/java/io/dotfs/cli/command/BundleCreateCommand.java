package io.dotfs.cli.command;

import io.dotfs.cli.render.Figures;
import io.dotfs.cli.settings.SettingsException;
import io.dotfs.daemon.api.ArchiveMessages.BundleCreateRequest;
import io.dotfs.daemon.api.ArchiveMessages.BundleReply;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description =
        "Write branches and tags with all their commits into a file, without what is behind the commits named with ^.",
    footer = "  dm bundle create shop.bundle master ^v1")
final class BundleCreateCommand extends DotCommand {
  private static final String STANDARD_OUTPUT = "-";

  @Parameters(index = "0", paramLabel = "FILE", description = "The bundle; - for standard output.")
  private String file = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "REF",
      description = "A branch or tag, or ^COMMIT: what the other side has already.")
  private List<String> refs = new ArrayList<>();

  @Option(names = "--all", description = "All branches and tags.")
  private boolean all;

  @Option(names = "--json", description = "Print what was written as JSON.")
  private boolean json;

  BundleCreateCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException, DaemonException, SettingsException {
    BundleCreateRequest request = new BundleCreateRequest(selector(), refs, all);
    try {
      if (file.equals(STANDARD_OUTPUT)) {
        if (session().terminal().output() || json) {
          throw CommandException.usage(
              "a bundle is nothing for a terminal", "dm bundle create FILE REF");
        }
        session().daemon().bundleCreate(request, session().out());
        return Main.DONE;
      }
      BundleReply reply =
          NewFile.write(session().file(file), out -> session().daemon().bundleCreate(request, out));
      if (json) {
        session().json(reply);
      } else {
        session()
            .out()
            .println(
                "Wrote "
                    + Figures.count(reply.refs().size(), "ref", "refs")
                    + ", "
                    + Figures.count(reply.objects(), "object", "objects")
                    + ", "
                    + Figures.size(reply.bytes()));
      }
      return Main.DONE;
    } catch (IOException e) {
      throw CommandException.failed("cannot write " + file + ": " + NewFile.reason(e));
    }
  }
}
