package io.dotfs.daemon;

import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.docker.DockerPlaces;
import io.dotfs.daemon.mounts.MountPaths;
import io.dotfs.fusefs.libfuse.LibfuseMounter;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.overlay.HomeInUseException;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The daemon's process: {@code DaemonMain [--home DIR] [--socket PATH] [--foreground] [--front-end
 * kernel|libfuse]}. Without options it serves the endpoint that the environment means. SIGTERM and
 * SIGINT stop it cleanly.
 *
 * <p>Exit status: 0 after a clean stop, 1 if it cannot serve, 2 for wrong usage, 3 if another
 * daemon serves the home. The reason is one line {@code dm: …} on stderr.
 */
public final class DaemonMain {
  private static final int CANNOT_SERVE = 1;
  private static final int WRONG_USAGE = 2;
  private static final int HOME_IN_USE = 3;
  private static final long STOP_SECONDS = 60;

  private DaemonMain() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    boolean foreground = false;
    String frontEnd = environment.getOrDefault("DM_FRONT_END", "kernel");
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--foreground")) {
        foreground = true;
      } else if (args[i].equals("--front-end") && i + 1 < args.length) {
        frontEnd = args[++i];
      } else if (args[i].equals("--home") && i + 1 < args.length) {
        environment.put("DM_HOME", args[++i]);
      } else if (args[i].equals("--socket") && i + 1 < args.length) {
        environment.put("DM_SOCKET", args[++i]);
      } else {
        return fail("unknown option of the daemon: " + args[i], WRONG_USAGE);
      }
    }
    Mounter mounter;
    switch (frontEnd) {
      case "kernel" -> mounter = Mounter.kernel();
      case "libfuse" -> mounter = new LibfuseMounter();
      default -> {
        return fail("unknown front end: " + frontEnd + " (kernel or libfuse)", WRONG_USAGE);
      }
    }
    DaemonEndpoint endpoint = DaemonEndpoint.ofServer(environment);
    try {
      refuseOwnMounts(endpoint);
      prepare(endpoint);
      if (foreground) {
        DaemonLog.toTerminal();
      } else {
        DaemonLog.toFile(endpoint.home());
      }
      return serve(
          endpoint,
          Daemon.Surroundings.real(mounter)
              .withDocker(DockerPlaces.fromEnvironment(environment, endpoint.systemDaemon())));
    } catch (HomeInUseException e) {
      return fail(
          "another daemon"
              + (e.pid() > 0 ? " (pid " + e.pid() + ")" : "")
              + " serves "
              + endpoint.home(),
          HOME_IN_USE);
    } catch (IOException | StoreException e) {
      LoggerFactory.getLogger(DaemonMain.class).error("cannot serve", e);
      return fail(
          "the daemon cannot serve " + endpoint.home() + ": " + e.getMessage(), CANNOT_SERVE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CANNOT_SERVE;
    }
  }

  private static int serve(DaemonEndpoint endpoint, Daemon.Surroundings surroundings)
      throws IOException, StoreException, InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    try (Daemon daemon = Daemon.start(endpoint, surroundings)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    daemon.askToStop();
                    await(closed);
                  },
                  "stop"));
      daemon.awaitStopAsked();
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** Keeps the process alive until the daemon has closed its home. */
  private static void await(CountDownLatch closed) {
    try {
      if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("dm: the daemon did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server that needs its own mount to serve it would wait for itself. */
  private static void refuseOwnMounts(DaemonEndpoint endpoint) throws IOException {
    Map<String, Path> needed =
        Map.of(
            "home", endpoint.home(),
            "socket", endpoint.socket(),
            "temporary folder", Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath(),
            "working directory", Files.readSymbolicLink(Path.of("/proc/self/cwd")));
    for (Map.Entry<String, Path> entry : needed.entrySet()) {
      if (MountPaths.resolve(entry.getValue()).dotMount().isPresent()) {
        throw new IOException(
            "its " + entry.getKey() + " " + entry.getValue() + " is on the mount of a dot");
      }
    }
  }

  /**
   * Makes the directories. The home is closed to everybody else, also one that was there before: it
   * holds the bytes of files whose owners and modes do not guard them here.
   */
  private static void prepare(DaemonEndpoint endpoint) throws IOException {
    Set<PosixFilePermission> closed = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(endpoint.home(), PosixFilePermissions.asFileAttribute(closed));
    if (!Files.getPosixFilePermissions(endpoint.home()).equals(closed)) {
      Files.setPosixFilePermissions(endpoint.home(), closed);
    }
    Path socketDirectory = endpoint.socket().resolve("..").normalize();
    if (!Files.isDirectory(socketDirectory)) {
      Set<PosixFilePermission> entered = PosixFilePermissions.fromString("rwxr-xr-x");
      Files.createDirectories(
          socketDirectory,
          PosixFilePermissions.asFileAttribute(endpoint.systemDaemon() ? entered : closed));
    }
  }

  private static int fail(String message, int status) {
    System.err.println("dm: " + message);
    return status;
  }
}
