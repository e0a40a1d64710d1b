package io.dotfs.daemon.dots;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The containers of this host, as far as an engine tells of them. Thread safe. */
public interface Containers {
  /** A host without an engine. */
  Containers NONE =
      new Containers() {
        @Override
        public List<Container> running() {
          return List.of();
        }

        @Override
        public boolean isIn(Container container, long pid) {
          return false;
        }

        @Override
        public Details details(Container container) throws IOException {
          throw new IOException("there is no container engine");
        }

        @Override
        public void stop(Container container) throws IOException {
          throw new IOException("there is no container engine");
        }

        @Override
        public Optional<String> start(Container container) throws IOException {
          throw new IOException("there is no container engine");
        }
      };

  /**
   * A container that runs.
   *
   * @param name as the engine shows it, {@code /app_db_1}
   * @param image its name
   * @param imageId digest of the image's configuration
   * @param sources directories of the host that are mounted in it
   */
  record Container(String id, String name, String image, String imageId, Set<String> sources) {}

  /**
   * More of a container.
   *
   * @param startedAt in a form that sorts by time
   * @param goneWhenStopped true if the engine removes it then
   * @param repositoryDigest of its image, where a registry gave it one
   */
  record Details(String startedAt, boolean goneWhenStopped, Optional<String> repositoryDigest) {}

  /** Those that run now; none where no engine answers soon. */
  List<Container> running();

  /** True if that process of the host is one of the container's. */
  boolean isIn(Container container, long pid);

  Details details(Container container) throws IOException;

  /** Stops it in its own time, then by force; on return it has ended. */
  void stop(Container container) throws IOException;

  /**
   * Starts it and waits until it is healthy, where it has a check, or for a moment.
   *
   * @return why it is not up again, absent if it is
   */
  Optional<String> start(Container container) throws IOException, InterruptedException;
}
