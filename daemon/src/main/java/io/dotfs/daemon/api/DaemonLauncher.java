package io.dotfs.daemon.api;

import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts the daemon of an endpoint when nobody listens there. Commands that come at the same time
 * start one between them: they take turns on a lock beside the socket, and the later ones find it
 * running.
 */
public final class DaemonLauncher {
  /** System property with the directory of the distribution, whose {@code bin/dm} is started. */
  public static final String HOME_PROPERTY = "dotfs.home";

  /** Environment variable with further flags of the daemon's JVM, separated by spaces. */
  private static final String OPTIONS_VARIABLE = "DM_DAEMON_OPTS";

  private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_MILLIS = 15;

  /** How a daemon's last line begins that found its home taken. */
  private static final String HOME_TAKEN = "another daemon";

  /** File locks are held for the whole process: its threads take turns on this. */
  private static final Object IN_THIS_PROCESS = new Object();

  private final DaemonEndpoint endpoint;

  public DaemonLauncher(DaemonEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** A client of the daemon, which is started first unless it runs. */
  public DaemonClient connect() throws DaemonException {
    refuseForeignDirectory();
    startUnlessListening();
    return new DaemonClient(endpoint.socket(), first -> startUnlessListening());
  }

  private void startUnlessListening() throws DaemonException {
    if (!listens()) {
      synchronized (IN_THIS_PROCESS) {
        start();
      }
    }
  }

  /** A client of the daemon if one listens; none is started. */
  public Optional<DaemonClient> running() throws DaemonException {
    refuseForeignDirectory();
    return listens() ? Optional.of(new DaemonClient(endpoint.socket())) : Optional.empty();
  }

  /**
   * As {@link #running()}.
   *
   * @param revival what is done if that daemon goes away before it has read a request
   */
  public Optional<DaemonClient> running(DaemonClient.Revival revival) throws DaemonException {
    refuseForeignDirectory();
    return listens() ? Optional.of(new DaemonClient(endpoint.socket(), revival)) : Optional.empty();
  }

  /**
   * The shared temporary folder is anybody's: a directory that another user put there under our
   * name would hold a socket that is told our keys.
   */
  private void refuseForeignDirectory() throws DaemonException {
    Path directory = endpoint.socket().resolveSibling(".").normalize();
    if (!DaemonEndpoint.isInSharedTemporary(directory)
        || !Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (Files.isSymbolicLink(directory)
          || !owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
        throw new DaemonException(
            ErrorKind.PERMISSION_DENIED,
            directory + " was made by another user",
            "set XDG_RUNTIME_DIR or DM_SOCKET to a place of yours");
      }
    } catch (IOException e) {
      throw new DaemonException(
          new ErrorRecord(
              ErrorKind.DAEMON_UNREACHABLE, "cannot look at " + directory + ": " + e.getMessage()),
          e);
    }
  }

  /** True if somebody accepts connections at the socket. */
  public boolean listens() {
    if (!Files.exists(endpoint.socket())) {
      return false;
    }
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(endpoint.socket()))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void start() throws DaemonException {
    try {
      directory(endpoint.home(), "rwx------");
      Path socketDirectory = endpoint.socket().toAbsolutePath().resolve("..").normalize();
      directory(socketDirectory, endpoint.systemDaemon() ? "rwxr-xr-x" : "rwx------");
      Path lock = endpoint.socket().resolveSibling(endpoint.socket().getFileName() + ".start");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !listens()) {
          await();
        }
      }
    } catch (AccessDeniedException e) {
      throw new DaemonException(
          new ErrorRecord(
              ErrorKind.DAEMON_UNREACHABLE,
              "cannot start the daemon: no permission for " + e.getFile(),
              "set DM_HOME to a directory of yours"),
          e);
    } catch (IOException e) {
      throw new DaemonException(
          new ErrorRecord(
              ErrorKind.DAEMON_UNREACHABLE, "cannot start the daemon: " + e.getMessage()),
          e);
    }
  }

  private static void directory(Path directory, String mode) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    }
  }

  private Process spawn() throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid"));
    String distribution = System.getProperty(HOME_PROPERTY, "");
    if (distribution.isEmpty()) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      // No hsperfdata file: it is mapped, and the temporary folder may be anywhere.
      command.add("-XX:+PerfDisableSharedMem");
      String options = System.getenv().getOrDefault(OPTIONS_VARIABLE, "").strip();
      if (!options.isEmpty()) {
        command.addAll(List.of(options.split("\\s+")));
      }
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), "io.dotfs.daemon.DaemonMain"));
    } else {
      command.addAll(List.of(Path.of(distribution, "bin", "dm").toString(), "daemon", "run"));
    }
    command.addAll(
        List.of("--home", endpoint.home().toString(), "--socket", endpoint.socket().toString()));
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectOutput(ProcessBuilder.Redirect.to(startLog().toFile()))
        .redirectErrorStream(true)
        .start();
  }

  private Path startLog() {
    return endpoint.home().resolve("daemon.start");
  }

  /**
   * Starts the daemon and waits until it listens. One that finds the home taken lost to another
   * that is just beginning or ending; so the socket is asked again, and then a daemon started
   * again.
   */
  private void await() throws IOException, DaemonException {
    Process process = spawn();
    long deadline = System.nanoTime() + START_TIMEOUT_NANOS;
    while (!listens()) {
      try {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          if (listens()) {
            return;
          }
          String words = lastWords();
          if (!words.startsWith(HOME_TAKEN) || System.nanoTime() > deadline) {
            throw new DaemonException(ErrorKind.DAEMON_UNREACHABLE, words);
          }
          process = spawn();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DaemonException(
            new ErrorRecord(ErrorKind.CANCELLED, "interrupted while the daemon started"), e);
      }
      if (System.nanoTime() > deadline) {
        throw new DaemonException(
            ErrorKind.DAEMON_UNREACHABLE,
            "the daemon does not answer at " + endpoint.socket(),
            "less " + endpoint.home().resolve("daemon.log"));
      }
    }
  }

  /** The daemon's own line about why it ended: the last one that begins with {@code dm: }. */
  private String lastWords() throws IOException {
    List<String> told =
        Files.readString(startLog()).lines().filter(line -> line.startsWith("dm: ")).toList();
    return told.isEmpty()
        ? "the daemon ended while it started; see " + startLog()
        : told.get(told.size() - 1).substring(4);
  }
}
