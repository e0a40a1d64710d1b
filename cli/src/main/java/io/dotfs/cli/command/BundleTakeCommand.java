package io.dotfs.cli.command;

import io.dotfs.cli.render.DotText;
import io.dotfs.cli.render.Escapes;
import io.dotfs.cli.render.Figures;
import io.dotfs.cli.render.WorkProgress;
import io.dotfs.daemon.api.ArchiveMessages.BundleReply;
import io.dotfs.daemon.api.ArchiveMessages.BundleTakeRequest;
import io.dotfs.daemon.api.ByteStreams;
import io.dotfs.daemon.api.DaemonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reading a bundle, to keep it or to judge it. */
abstract class BundleTakeCommand extends DmCommand {
  private static final String STANDARD_INPUT = "-";

  @Parameters(index = "0", paramLabel = "FILE", description = "The bundle; - for standard input.")
  private String file = "";

  @Option(
      names = "--dot",
      paramLabel = "DOT",
      description = "The dot that it is for, instead of the one with the bundle's own name.")
  private Optional<String> dot = Optional.empty();

  @Option(names = "--json", description = "Print what the bundle holds as JSON.")
  private boolean json;

  BundleTakeCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  final BundleReply take(String remoteName, boolean verifyOnly)
      throws CommandException, DaemonException {
    Path path = session().file(file);
    ByteStreams.Source source =
        out -> {
          if (file.equals(STANDARD_INPUT)) {
            session().in().transferTo(out);
          } else {
            try (InputStream in = Files.newInputStream(path)) {
              in.transferTo(out);
            }
          }
        };
    if (!file.equals(STANDARD_INPUT) && (!Files.isReadable(path) || Files.isDirectory(path))) {
      throw CommandException.failed(
          Files.exists(path) ? "cannot read " + file : "there is no " + file);
    }
    WorkProgress progress = session().workProgress();
    try {
      BundleReply reply =
          session()
              .daemon()
              .bundleTake(new BundleTakeRequest(dot, remoteName, verifyOnly), source, progress);
      if (json) {
        session().json(reply);
      } else {
        reply.refs().forEach((ref, id) -> session().out().println(id + " " + Escapes.line(ref)));
      }
      return reply;
    } catch (IOException e) {
      throw CommandException.failed("cannot read " + file + ": " + NewFile.reason(e));
    } finally {
      progress.ended();
    }
  }

  final boolean json() {
    return json;
  }

  @Command(
      name = "verify",
      description =
          "Read all of a bundle and check it: each object, and that nothing is missing. Prints what it brings.",
      footer = "  dm bundle verify shop.bundle")
  static final class Verify extends BundleTakeCommand {
    Verify(Session session) {
      super(session);
    }

    @Override
    int run() throws CommandException, DaemonException {
      BundleReply reply = take("bundle", true);
      if (!json()) {
        session()
            .out()
            .println(
                "The bundle is sound: "
                    + Figures.count(reply.objects(), "object", "objects")
                    + ", "
                    + Figures.size(reply.bytes())
                    + (reply.prerequisites().isEmpty()
                        ? ""
                        : ", for those who have "
                            + DotText.shortId(reply.prerequisites().get(0))
                            + (reply.prerequisites().size() > 1 ? " and others" : "")));
      }
      return Main.DONE;
    }
  }

  @Command(
      name = "unbundle",
      description = {
        "Bring what a bundle holds into a dot, checked as what a remote sends: its branches become NAME/branch, as after"
            + " 'dm fetch', and tags that are not there are made. A dot that is not there is made, as by 'dm clone'."
      },
      footer = "  dm bundle unbundle shop.bundle && dm merge bundle/master")
  static final class Unbundle extends BundleTakeCommand {
    @Option(
        names = "--remote-name",
        paramLabel = "NAME",
        description = "What to call where it comes from; bundle if not said.")
    private String remoteName = "bundle";

    Unbundle(Session session) {
      super(session);
    }

    @Override
    int run() throws CommandException, DaemonException {
      BundleReply reply = take(remoteName, false);
      if (reply.created()) {
        session().makeCurrent(reply.name());
      }
      return Main.DONE;
    }
  }
}
