package io.dotfs.cli.standby;

import io.dotfs.cli.command.DeclinedException;
import io.dotfs.cli.command.Main;
import io.dotfs.cli.command.Session;
import io.dotfs.cli.command.Surroundings;
import io.dotfs.cli.render.Terminal;
import io.dotfs.cli.standby.Frames.Kind;
import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DaemonLauncher;
import io.dotfs.daemon.api.ErrorKind;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * One connection of the thin client: a command is read, run and answered. A caller that goes away
 * cancels it. {@link #serve} for the connection's thread; the command has another one.
 */
final class Caller implements Surroundings {
  private final SocketChannel channel;
  private final Frames frames;
  private final Consumer<Path> daemonUsed;

  /** What the caller said about its pager: y or n. */
  private final BlockingQueue<Integer> pagerShown = new ArrayBlockingQueue<>(1);

  private boolean reachedDaemon;

  /**
   * Takes over a connection.
   *
   * @param daemonUsed is told the socket of each daemon that a command talked to
   */
  Caller(SocketChannel channel, Consumer<Path> daemonUsed) {
    this.channel = channel;
    this.frames = new Frames(channel);
    this.daemonUsed = daemonUsed;
  }

  /** Serves the connection to its end, and closes it. */
  void serve() throws IOException {
    try (channel) {
      InputStream in = Channels.newInputStream(channel);
      Call call = Call.read(new DataInputStream(in));
      frames.send(Kind.ACCEPTED);
      Thread command = new Thread(() -> answer(call), "command");
      command.setDaemon(true);
      command.start();
      listen(in, command);
    }
  }

  /** Hears the caller's answers, and, at the end of the connection, cancels what still runs. */
  private void listen(InputStream in, Thread command) {
    try {
      for (int said = in.read(); said >= 0; said = in.read()) {
        if (!pagerShown.offer(said)) {
          break; // nobody asked
        }
      }
    } catch (IOException e) {
      command
          .interrupt(); // the command has ended and closed the connection, or the caller has gone
    }
    command.interrupt();
  }

  private void answer(Call call) {
    try (channel) {
      try {
        PrintStream out = stream(Kind.OUTPUT, 1 << 16, false);
        PrintStream err = stream(Kind.ERROR, 1 << 13, true);
        Session session =
            new Session(
                call.environment(),
                call.directory(),
                Terminal.of(call.terminals(), call.environment()),
                this,
                out,
                err);
        int status = Main.run(session, call.words().toArray(new String[0]));
        out.flush();
        err.flush();
        frames.send(Kind.EXIT, (byte) status);
      } catch (DeclinedException e) {
        frames.send(Kind.DECLINED);
      }
    } catch (IOException e) {
      return; // the caller has gone: nobody is left to tell
    }
  }

  private PrintStream stream(Kind kind, int buffer, boolean autoFlush) {
    return new PrintStream(
        new BufferedOutputStream(frames.stream(kind), buffer), autoFlush, StandardCharsets.UTF_8);
  }

  @Override
  public void admit(boolean alone) {
    if (alone) {
      throw new DeclinedException("a process of its own");
    }
  }

  @Override
  public DaemonClient daemon(DaemonEndpoint endpoint) throws DaemonException {
    boolean fresh = !reachedDaemon;
    Optional<DaemonClient> client =
        new DaemonLauncher(endpoint).running(first -> declineOrFail(endpoint, fresh && first));
    if (client.isEmpty()) {
      declineOrFail(endpoint, fresh);
    }
    reachedDaemon = true;
    daemonUsed.accept(endpoint.socket());
    return client.orElseThrow();
  }

  /** A daemon is started in its caller's environment, and only where nothing was done so far. */
  private void declineOrFail(DaemonEndpoint endpoint, boolean nothingDone) throws DaemonException {
    if (nothingDone && !frames.printed()) {
      throw new DeclinedException("a daemon, started in the caller's environment");
    }
    throw new DaemonException(
        ErrorKind.DAEMON_UNREACHABLE,
        "no daemon answers at " + endpoint.socket(),
        "dm daemon start");
  }

  @Override
  public InputStream in() {
    throw new IllegalStateException("a command that reads its input needs a process of its own");
  }

  @Override
  public boolean page(String pager, String text) throws IOException {
    frames.send(Kind.PAGER, pager);
    frames.send(Kind.OUTPUT, text);
    frames.send(Kind.PAGER_END);
    try {
      return pagerShown.take() == 'y';
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the caller has gone", e);
    }
  }
}
