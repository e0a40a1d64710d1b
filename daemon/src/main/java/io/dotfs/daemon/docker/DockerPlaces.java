package io.dotfs.daemon.docker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets between this daemon and Docker.
 *
 * @param plugin where the volume driver is served; absent: nowhere
 * @param engine where an engine answers, if there is one; absent: none is asked
 */
public record DockerPlaces(Optional<Path> plugin, Optional<Path> engine) {
  /** No Docker at all. */
  public static final DockerPlaces NONE = new DockerPlaces(Optional.empty(), Optional.empty());

  /** Where Docker looks for a driver named {@code dm}. */
  static final Path PLUGIN = Path.of("/run/docker/plugins/dm.sock");

  private static final String SUFFIX = ".sock";
  private static final Path ENGINE = Path.of("/var/run/docker.sock");
  private static final String UNIX = "unix://";

  /**
   * What an environment means: {@code DM_DOCKER_SOCKET} (set and empty: no driver), else the system
   * daemon serves where Docker looks, and others nowhere; {@code DOCKER_HOST}, else Docker's own
   * socket. An engine behind a network is not asked: it cannot use mounts of this host.
   */
  public static DockerPlaces fromEnvironment(
      Map<String, String> environment, boolean systemDaemon) {
    Optional<Path> plugin = systemDaemon ? Optional.of(PLUGIN) : Optional.empty();
    if (environment.containsKey("DM_DOCKER_SOCKET")) {
      String path = environment.get("DM_DOCKER_SOCKET");
      plugin = path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path).toAbsolutePath());
    }
    String host = environment.getOrDefault("DOCKER_HOST", "");
    Optional<Path> engine =
        host.isEmpty()
            ? Optional.of(ENGINE)
            : host.startsWith(UNIX)
                ? Optional.of(Path.of(host.substring(UNIX.length())))
                : Optional.empty();
    return new DockerPlaces(plugin, engine);
  }

  /** The driver's name, which Docker takes from the socket's. */
  public Optional<String> driver() {
    return plugin
        .map(socket -> String.valueOf(socket.getFileName()))
        .filter(name -> name.endsWith(SUFFIX))
        .map(name -> name.substring(0, name.length() - SUFFIX.length()));
  }
}
