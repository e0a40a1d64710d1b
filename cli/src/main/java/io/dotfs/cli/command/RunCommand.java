package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    customSynopsis = "dm run [--at COMMIT] [--keep] NAME[=DIR]... -- CMD...",
    description = {
      "Run a command on a writable copy of data that is thrown away afterwards; the exit status is the command's.",
      "A copy is mounted at DIR, or below a temporary directory that the command finds in DM_RUN, under the name of"
          + " its subdot. If there is one NAME alone, and no DIR, the command begins in the copy.",
      "Lock files that name a live process are removed from the copies."
    },
    footer = "  dm run shop.db -- sqlite3 shop.sqlite 'DELETE FROM orders'")
final class RunCommand extends DmCommand implements TakesPaths {
  private static final int CANNOT_RUN = 127;

  @Option(names = "--at", paramLabel = "COMMIT", description = "Copy this commit instead of HEAD.")
  private String at = "HEAD";

  @Option(names = "--keep", description = "Leave the copies mounted; 'dm unmount' drops them.")
  private boolean keep;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME[=DIR]",
      description = "[namespace/]dot[@branch][.subdot], and an existing directory.")
  private List<String> names = new ArrayList<>();

  private List<String> command = List.of();

  RunCommand(Session session) {
    super(session);
  }

  @Override
  public void paths(List<String> afterDashes) {
    command = afterDashes;
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  @Override
  int run() throws CommandException, DaemonException, IOException {
    if (names.isEmpty() || command.isEmpty()) {
      throw CommandException.usage(
          names.isEmpty() ? "no data is named" : "no command is named after --",
          "dm run NAME... -- CMD...");
    }
    DaemonClient daemon = session().daemon();
    String folder = session().environment("TMPDIR");
    Path temporary =
        Files.createTempDirectory(session().file(folder.isEmpty() ? "/tmp" : folder), "dm-run.")
            .toRealPath();
    Copies copies = new Copies(daemon, temporary);
    // Ctrl-C ends the command, which has it from the terminal too; the copies go when that has
    // ended.
    Thread interrupted = new Thread(copies::end);
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      for (String name : names) {
        copies.mount(name);
      }
      return copies.run();
    } finally {
      copies.end();
    }
  }

  /** The copies of one run, and the command on them. */
  private final class Copies {
    private final DaemonClient daemon;
    private final Path temporary;
    private final List<Path> made = new ArrayList<>();
    private final List<Path> mounted = new ArrayList<>();
    private Optional<Process> process = Optional.empty();
    private boolean ended;

    Copies(DaemonClient daemon, Path temporary) {
      this.daemon = daemon;
      this.temporary = temporary;
    }

    synchronized void mount(String word) throws CommandException, DaemonException, IOException {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      Path directory;
      if (equals < 0) {
        int point = name.lastIndexOf('.');
        directory = temporary.resolve(point < 0 ? "__default__" : name.substring(point + 1));
        if (Files.exists(directory)) {
          throw CommandException.usage(
              "two copies would be called " + directory.getFileName(),
              "name a directory: NAME=DIR");
        }
        Files.createDirectory(directory);
        made.add(directory);
      } else {
        directory = Path.of(Directories.absolute(session(), word.substring(equals + 1)));
      }
      if (ended) {
        throw CommandException.failed("interrupted");
      }
      daemon.mount(
          new MountRequest(
              name,
              directory.toString(),
              Optional.of(at),
              false,
              false,
              Optional.empty(),
              true,
              false,
              false));
      mounted.add(directory);
    }

    int run() throws CommandException, IOException {
      boolean inside = names.size() == 1 && names.get(0).indexOf('=') < 0;
      Path directory = inside ? mounted.get(0) : session().file("");
      ProcessBuilder builder =
          new ProcessBuilder(command).inheritIO().directory(new File(directory.toString()));
      builder.environment().put("DM_RUN", temporary.toString());
      Process started;
      synchronized (this) {
        if (ended) {
          throw CommandException.failed("interrupted");
        }
        try {
          started = builder.start();
        } catch (IOException e) {
          session().err().println("dm: cannot run " + Escapes.line(command.get(0)));
          return CANNOT_RUN;
        }
        process = Optional.of(started);
      }
      try {
        return started.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.failed("interrupted");
      }
    }

    /** Waits for the command and takes the copies away, once. */
    synchronized void end() {
      if (ended) {
        return;
      }
      ended = true;
      try {
        if (process.isPresent()) {
          process.get().waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (Path directory : mounted) {
        if (keep) {
          note(directory + " stays mounted", "dm unmount " + directory);
        } else {
          unmount(directory);
        }
      }
      if (!keep) {
        removeTemporary();
      }
    }

    private void unmount(Path directory) {
      try {
        daemon.unmount(new UnmountRequest(directory.toString(), false));
      } catch (DaemonException e) {
        note(e.error().message(), "dm unmount --force " + directory);
      }
    }

    private void removeTemporary() {
      try {
        for (Path directory : made) {
          Files.delete(directory);
        }
        Files.delete(temporary);
      } catch (IOException e) {
        note(temporary + " is left behind: " + e.getMessage(), "rm -r " + temporary);
      }
    }

    private void note(String what, String hint) {
      session().err().println("dm: note: " + Escapes.line(what));
      session().err().println("hint: " + Escapes.line(hint));
    }
  }
}
