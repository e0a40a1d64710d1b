package io.dotfs.daemon.api;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Where a daemon listens and where it keeps its data.
 *
 * @param home directory of the store
 * @param socket Unix socket of the control protocol
 * @param systemDaemon true for the host's own daemon (root's, without {@code DM_HOME})
 */
public record DaemonEndpoint(Path home, Path socket, boolean systemDaemon) {
  /** Where the host's daemon keeps its data. */
  public static final Path SYSTEM_HOME = Path.of("/var/lib/dotfs");

  /** Where the host's daemon listens. */
  public static final Path SYSTEM_SOCKET = Path.of("/run/dotfs/dm.sock");

  private static final String SHARED_TEMPORARY = "/tmp";
  private static final String OWN_PREFIX = "dotfs-";

  /** Longest socket path in bytes; {@code sun_path} holds 108 with its NUL (man 7 unix). */
  private static final int MAX_SOCKET_PATH = 100;

  /**
   * The endpoint that an environment means: {@code DM_HOME} and {@code DM_SOCKET} where they are
   * set, else root's is the system daemon, and others use the system daemon where its socket lets
   * them in, else their own.
   */
  public static DaemonEndpoint fromEnvironment(Map<String, String> environment) {
    boolean mayUseSystem =
        environment.getOrDefault("DM_SOCKET", "").isEmpty() && Files.isWritable(SYSTEM_SOCKET);
    return resolve(environment, mayUseSystem);
  }

  /** The endpoint that a daemon serves: as {@link #fromEnvironment}, but never somebody else's. */
  public static DaemonEndpoint ofServer(Map<String, String> environment) {
    return resolve(environment, false);
  }

  private static DaemonEndpoint resolve(Map<String, String> environment, boolean mayUseSystem) {
    String home = environment.getOrDefault("DM_HOME", "");
    String socket = environment.getOrDefault("DM_SOCKET", "");
    if (!home.isEmpty()) {
      Path store = absolute(home);
      return new DaemonEndpoint(
          store,
          socket.isEmpty() ? socketOf(store, environment) : absolute(socket),
          store.equals(SYSTEM_HOME));
    }
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root || mayUseSystem) {
      return new DaemonEndpoint(
          SYSTEM_HOME, socket.isEmpty() ? SYSTEM_SOCKET : absolute(socket), true);
    }
    Path store =
        Path.of(
            Optional.ofNullable(environment.get("XDG_DATA_HOME"))
                .filter(dir -> dir.startsWith("/"))
                .orElse(userHome(environment) + "/.local/share"),
            "dotfs");
    return new DaemonEndpoint(
        store,
        socket.isEmpty() ? runtimeDirectory(environment).resolve("dm.sock") : absolute(socket),
        false);
  }

  /** The user's settings that belong to this home: remotes, what is current. */
  public Path settings() {
    return systemDaemon
        ? Path.of(System.getProperty("user.home"), ".dotmesh", "config")
        : home.resolve("config");
  }

  /** The socket of a home: inside it, or, where that path is too long, under a hashed name. */
  static Path socketOf(Path home, Map<String, String> environment) {
    Path inside = home.resolve("daemon.sock");
    if (inside.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH) {
      return inside;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(home.toString().getBytes(StandardCharsets.UTF_8));
      return runtimeDirectory(environment).resolve(HexFormat.of().formatHex(hash, 0, 8) + ".sock");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** True for the directory that stands in where there is no runtime directory. */
  static boolean isInSharedTemporary(Path directory) {
    return directory.equals(
        Path.of(SHARED_TEMPORARY, OWN_PREFIX + System.getProperty("user.name")));
  }

  /** {@code HOME} as every other program takes it; else what the user database says. */
  private static String userHome(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return home.startsWith("/") ? home : System.getProperty("user.home");
  }

  private static Path runtimeDirectory(Map<String, String> environment) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.startsWith("/")
        ? Path.of(runtime, "dotfs")
        : Path.of(SHARED_TEMPORARY, OWN_PREFIX + System.getProperty("user.name"));
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }
}
