package io.dotfs.cli.command;

import io.dotfs.cli.render.Figures;
import io.dotfs.daemon.api.ArchiveMessages.ExportReply;
import io.dotfs.daemon.api.ArchiveMessages.ExportRequest;
import io.dotfs.daemon.api.DaemonException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
        show(toFile(request, session().file(target)));
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
      throw CommandException.failed("cannot write " + target + ": " + reason(e));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such directory";
    } else if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : String.valueOf(e.getMessage());
  }

  /** A file gets its name when it is whole; what is no file is written to as it stands. */
  private ExportReply toFile(ExportRequest request, Path file) throws DaemonException, IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
        return session().daemon().exportTar(request, out);
      }
    }
    Path place = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    Path part =
        place.resolveSibling("." + place.getFileName() + "." + ProcessHandle.current().pid());
    boolean done = false;
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            1 << 17)) {
      ExportReply reply = session().daemon().exportTar(request, out);
      out.flush();
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      done = true;
      return reply;
    } finally {
      if (!done && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(part);
      }
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
