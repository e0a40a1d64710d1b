package io.dotfs.daemon.docker;

import io.dotfs.daemon.docker.EngineSocket.Answer;
import io.dotfs.daemon.dots.Containers;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers of Docker, or of Podman at its compatible socket, through the Engine's API (paths
 * without a version: the engine's newest). An engine that is not there has no containers.
 */
public final class Engine implements Containers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** Listings must not wait for an engine that is busy. */
  private static final Duration LISTING = Duration.ofSeconds(2);

  private static final Duration LOOKING = Duration.ofSeconds(10);

  /** More than any container is given to stop, as far as that is known. */
  private static final Duration STOPPING = Duration.ofMinutes(15);

  private static final Duration STARTING = Duration.ofMinutes(3);
  private static final Duration HEALTHY = Duration.ofMinutes(2);
  private static final Duration SETTLING = Duration.ofSeconds(1);
  private static final long HEALTH_POLL_MILLIS = 200;

  private final Path path;
  private final Optional<String> driver;
  private final Path volumes;
  private final EngineSocket socket;

  /**
   * Takes where the engine answers, if there is one.
   *
   * @param driver under whose name this daemon serves the engine's volumes, if it does
   * @param home of this daemon
   */
  public Engine(Path path, Optional<String> driver, Path home) {
    this.path = path;
    this.driver = driver;
    this.volumes = Volumes.directory(home);
    this.socket = new EngineSocket(path);
  }

  @Override
  public List<Container> running() {
    if (!Files.exists(path)) {
      return List.of();
    }
    try {
      Answer answer = socket.ask("GET", "/containers/json", LISTING);
      if (!answer.isGood()) {
        throw new IOException(answer.message());
      }
      List<Container> running = new ArrayList<>();
      for (JsonTree container : JsonTree.array(answer.body())) {
        running.add(container(container));
      }
      return running;
    } catch (IOException e) {
      LOG.info("containers are not known: {}", e.getMessage());
      return List.of();
    }
  }

  private Container container(JsonTree container) {
    String id = container.text("Id").orElse("");
    Set<String> sources =
        container.objects("Mounts").stream()
            .flatMap(mount -> source(mount).stream())
            .collect(Collectors.toUnmodifiableSet());
    return new Container(
        id,
        container.texts("Names").stream().findFirst().orElse("/" + id),
        container.text("Image").orElse(""),
        container.text("ImageID").orElse(""),
        sources);
  }

  /** Where it is on the host; of a plugin's volume Docker tells the name alone. */
  private Optional<String> source(JsonTree mount) {
    Optional<String> source = mount.text("Source").filter(text -> !text.isEmpty());
    boolean ours = driver.isPresent() && mount.text("Driver").equals(driver);
    return source.isEmpty() && ours
        ? mount.text("Name").map(name -> Volumes.path(volumes, name).toString())
        : source;
  }

  /** The engine puts the container's id into the name of its control group. */
  @Override
  public boolean isIn(Container container, long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cgroup"))
          .contains(container.id());
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Override
  public Details details(Container container) throws IOException {
    JsonTree shown = show(container);
    Answer image = socket.ask("GET", "/images/" + container.imageId() + "/json", LOOKING);
    Optional<String> digest =
        image.isGood()
            ? JsonTree.object(image.body()).texts("RepoDigests").stream().findFirst()
            : Optional.empty();
    return new Details(
        shown.in("State").text("StartedAt").orElse(""),
        shown.in("HostConfig").isTrue("AutoRemove"),
        digest);
  }

  private JsonTree show(Container container) throws IOException {
    return JsonTree.object(good("GET", at(container, "json"), LOOKING).body());
  }

  private static String at(Container container, String what) {
    return "/containers/" + container.id() + "/" + what;
  }

  private Answer good(String method, String target, Duration timeout) throws IOException {
    Answer answer = socket.ask(method, target, timeout);
    if (!answer.isGood()) {
      throw new IOException(answer.message());
    }
    return answer;
  }

  /** The engine sends the container's stop signal, and kills it after its own time to stop. */
  @Override
  public void stop(Container container) throws IOException {
    good("POST", at(container, "stop"), STOPPING);
  }

  @Override
  public Optional<String> start(Container container) throws IOException, InterruptedException {
    good("POST", at(container, "start"), STARTING);
    long deadline = System.nanoTime() + HEALTHY.toNanos();
    while (true) {
      JsonTree state = show(container).in("State");
      if (!state.isTrue("Running")) {
        return ended(container, state);
      }
      Optional<String> health = state.in("Health").text("Status").filter(s -> !s.equals("none"));
      if (health.isEmpty()) {
        return settled(container);
      }
      if (health.get().equals("healthy")) {
        return Optional.empty();
      }
      if (health.get().equals("unhealthy") || System.nanoTime() > deadline) {
        return Optional.of("its health is '" + health.get() + "'");
      }
      TimeUnit.MILLISECONDS.sleep(HEALTH_POLL_MILLIS);
    }
  }

  /** One that cannot live with its data mostly ends at once. */
  private Optional<String> settled(Container container) throws IOException {
    try {
      good("POST", at(container, "wait?condition=not-running"), SETTLING);
    } catch (SocketTimeoutException e) {
      return Optional.empty(); // it goes on running
    }
    return ended(container, show(container).in("State"));
  }

  private static Optional<String> ended(Container container, JsonTree state) {
    return Optional.of(
        "it ended with status "
            + state.number("ExitCode").orElse(-1L)
            + " (docker logs "
            + container.name().substring(1)
            + ")");
  }

  @Override
  public void close() {
    socket.close();
  }
}
