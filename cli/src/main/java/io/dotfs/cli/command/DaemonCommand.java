package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DaemonLauncher;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands that are about the daemon itself. */
abstract class DaemonCommand extends DmCommand {
  DaemonCommand(Session session) {
    super(session);
  }

  @Override
  boolean needsOwnProcess() {
    return true;
  }

  final boolean runs() {
    return new DaemonLauncher(session().endpoint()).listens();
  }

  final DaemonClient running() {
    return new DaemonClient(session().endpoint().socket());
  }

  @Command(
      name = "start",
      description = "Start the daemon, unless it runs.",
      footer = "  dm daemon start")
  static final class Start extends DaemonCommand {
    Start(Session session) {
      super(session);
    }

    @Override
    int run() throws DaemonException {
      boolean ran = runs();
      PingReply ping = session().daemon().ping();
      session()
          .out()
          .println(
              (ran ? "The daemon runs already" : "The daemon has started")
                  + " (process "
                  + ping.pid()
                  + ")");
      return Main.DONE;
    }
  }

  @Command(
      name = "stop",
      description =
          "Stop the daemon: its mounts go away, the data stays. They come back with the next start.",
      footer = "  dm daemon stop")
  static final class Stop extends DaemonCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 10;

    Stop(Session session) {
      super(session);
    }

    @Override
    int run() throws CommandException, DaemonException {
      if (!runs()) {
        session().out().println("The daemon is not running");
        return Main.DONE;
      }
      long pid = running().ping().pid();
      running().shutdown();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
        if (System.nanoTime() > deadline) {
          throw CommandException.failed(
              "the daemon (process " + pid + ") is still at work", "dm daemon status");
        }
        pause();
      }
      session().out().println("The daemon has stopped");
      return Main.DONE;
    }

    private static void pause() throws CommandException {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.failed("interrupted");
      }
    }
  }

  @Command(
      name = "status",
      description =
          "Say whether the daemon runs, where, and since when. Never starts it; exit status 1 if it does not run.",
      footer = "  dm daemon status --json")
  static final class Status extends DaemonCommand {
    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    Status(Session session) {
      super(session);
    }

    @Override
    int run() throws CommandException, DaemonException {
      if (!runs()) {
        throw CommandException.failed("the daemon is not running", "dm daemon start");
      }
      PingReply ping = running().ping();
      if (json) {
        session().json(ping);
        return Main.DONE;
      }
      session()
          .out()
          .print(
              "The daemon runs (process "
                  + ping.pid()
                  + ", version "
                  + Escapes.line(ping.version())
                  + ", since "
                  + Escapes.line(ping.startedAt())
                  + ")\nKind:    "
                  + (ping.systemDaemon() ? "system" : "your own")
                  + "\nSocket:  "
                  + Escapes.line(session().endpoint().socket().toString())
                  + "\nHome:    "
                  + Escapes.line(ping.home())
                  + "\nServer:  "
                  + ping.server()
                  + "\nMounts:  "
                  + ping.mounts()
                  + "\n");
      return Main.DONE;
    }
  }

  @Command(
      name = "run",
      description = "Run the daemon in the foreground, for a service manager.",
      customSynopsis =
          "dm daemon run [--home DIR] [--socket FILE] [--front-end kernel|libfuse] [--foreground]",
      footer = "  dm daemon run")
  static final class Run extends DaemonCommand {
    Run(Session session) {
      super(session);
    }

    @Override
    int run() throws CommandException {
      throw CommandException.usage(
          "'daemon run' must be the first words", "dm daemon run [OPTIONS]");
    }
  }

  @Command(
      name = "init",
      description =
          "Start this host's daemon and show that it answers. Not required: every command does as much.",
      footer = "  dm cluster init")
  static final class ClusterInit extends DaemonCommand {
    ClusterInit(Session session) {
      super(session);
    }

    @Override
    int run() throws DaemonException {
      PingReply ping = session().daemon().ping();
      session()
          .out()
          .println(
              "Server " + ping.server() + " is ready, its data is in " + Escapes.line(ping.home()));
      return Main.DONE;
    }
  }
}
