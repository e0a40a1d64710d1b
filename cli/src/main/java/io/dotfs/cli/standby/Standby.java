package io.dotfs.cli.standby;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A process that waits for commands of its own user at a socket in a directory that is that user's
 * alone. It ends by itself: when nobody has called for a while, when the daemons that it was used
 * for have stopped, or when its socket or its program has been replaced.
 */
public final class Standby {
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(15);
  private static final Duration LOOK_ROUND = Duration.ofSeconds(5);

  /** More commands at once than this run in processes of their own. */
  private static final int MAX_CALLERS = 16;

  private final Path socket;
  private final Path program;
  private final UserPrincipal self;
  private final Semaphore free = new Semaphore(MAX_CALLERS);
  private final Set<Path> daemons = ConcurrentHashMap.newKeySet();

  private Standby(Path socket, Path program) throws IOException {
    this.socket = socket;
    this.program = program;
    this.self = Files.getOwner(Path.of("/proc/self"));
  }

  /**
   * Serves until it is not needed any more.
   *
   * @param words the socket to listen at; whoever starts this holds a lock beside it, so that a
   *     socket that is there is a dead one's
   */
  public static void main(String[] words) throws IOException {
    if (words.length != 1) {
      throw new IllegalArgumentException("usage: Standby SOCKET");
    }
    Path program = Path.of(System.getProperty("java.class.path").split(":", 2)[0]);
    new Standby(Path.of(words[0]), program).run();
    System.exit(0); // commands of callers that have gone may still be on their way out
  }

  private void run() throws IOException {
    Files.deleteIfExists(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Object ownSocket = Objects.requireNonNull(identity(socket), "the socket was just made");
      Object ownProgram = identity(program);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      long lastCall = System.nanoTime();
      while (isWanted(lastCall)
          && ownSocket.equals(identity(socket))
          && Objects.equals(ownProgram, identity(program))) {
        selector.select(LOOK_ROUND.toMillis());
        selector.selectedKeys().clear();
        for (SocketChannel caller = server.accept(); caller != null; caller = server.accept()) {
          receive(caller);
          lastCall = System.nanoTime();
        }
        if (free.availablePermits() < MAX_CALLERS) {
          lastCall = System.nanoTime();
        }
      }
      if (ownSocket.equals(identity(socket))) {
        Files.deleteIfExists(socket);
      }
      // Who connected just before that was told nothing yet, and goes another way.
    }
  }

  private boolean isWanted(long lastCall) {
    return free.availablePermits() < MAX_CALLERS
        || (System.nanoTime() - lastCall < IDLE_LIMIT.toNanos()
            && (daemons.isEmpty() || daemons.stream().anyMatch(Files::exists)));
  }

  /** Refused callers just see the connection end: nothing was done for them. */
  private void receive(SocketChannel channel) throws IOException {
    if (!isOwn(channel) || !free.tryAcquire()) {
      channel.close();
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                new Caller(channel, daemons::add).serve();
              } catch (IOException e) {
                return; // it hung up, or spoke another protocol: it sees the connection end
              } finally {
                free.release();
              }
            },
            "caller");
    thread.setDaemon(true);
    thread.start();
  }

  private boolean isOwn(SocketChannel channel) {
    try {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().equals(self);
    } catch (IOException e) {
      return false; // it has gone already
    }
  }

  /** Tells a file from another one in its place; null if there is none. */
  private static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
