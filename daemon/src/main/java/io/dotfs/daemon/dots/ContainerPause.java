package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.ContainerUse;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.dots.Containers.Container;
import io.dotfs.daemon.dots.Containers.Details;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.MountSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers that stand in the way of a verb: stopped, the latest started first, before the data
 * under them changes, and started again in the order in which they had been started. A verb runs on
 * one thread from its beginning to its end, and what it has stopped is kept with that thread.
 *
 * <p>Stopping may happen under the dot's lock: the engine unmounts, for which that lock is not
 * needed. Starting must not: the engine mounts.
 */
public final class ContainerPause {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerPause.class);

  private final Containers containers;
  private final HomeMounts mounts;
  private final ThreadLocal<List<Container>> stopped = ThreadLocal.withInitial(ArrayList::new);

  public ContainerPause(Containers containers, HomeMounts mounts) {
    this.containers = containers;
    this.mounts = mounts;
  }

  /** A verb that may call {@link #makeWay}. */
  @FunctionalInterface
  public interface Verb<R> {
    R run() throws Exception;
  }

  /** Takes what became of the containers into a verb's answer. */
  @FunctionalInterface
  public interface Teller<R> {
    /**
     * Returns the answer with what became of the containers.
     *
     * @param restarted names of those that run again
     * @param problems a line for each that does not
     */
    R tell(R answer, List<String> restarted, List<String> problems);
  }

  /** Runs a verb without any lock, and starts again what it has stopped, whatever became of it. */
  public <R> R around(Verb<R> verb, Teller<R> teller) throws Exception {
    R answer;
    try {
      answer = verb.run();
    } catch (Exception e) {
      for (String problem : resume(new ArrayList<>())) {
        LOG.warn("{}", problem);
      }
      throw e;
    }
    List<String> restarted = new ArrayList<>();
    List<String> problems = resume(restarted);
    return teller.tell(answer, restarted, problems);
  }

  private List<String> resume(List<String> restarted) {
    List<String> problems = new ArrayList<>();
    for (Container container : stopped.get()) {
      Optional<String> problem;
      try {
        problem = containers.start(container);
      } catch (IOException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        problem = Optional.of("the daemon is being stopped");
      }
      if (problem.isEmpty()) {
        restarted.add(container.name());
      } else {
        problems.add("container " + container.name() + " did not come back: " + problem.get());
      }
    }
    stopped.remove();
    return problems;
  }

  /**
   * Stops the containers that use the mounts that {@code which} picks. Nothing is stopped when
   * something else is in the way.
   *
   * @param refusal how to refuse; absent if other processes are no matter
   * @throws DaemonException {@link ErrorKind#IN_USE} if a process outside of containers has
   *     something open there, or a container would be gone once stopped
   */
  public void makeWay(Predicate<MountSpec> which, Optional<HomeMounts.Refusal> refusal)
      throws DaemonException, IOException {
    List<Container> users = using(which);
    if (users.isEmpty()) {
      return;
    }
    TreeMap<String, Container> byStart = new TreeMap<>();
    for (Container container : users) {
      Details details = containers.details(container);
      if (details.goneWhenStopped() && refusal.isPresent()) {
        throw new DaemonException(
            ErrorKind.IN_USE,
            refusal.get().verb()
                + " refused: container "
                + container.name()
                + " would be gone once stopped (--rm)",
            "docker stop " + container.name().substring(1));
      }
      byStart.put(details.startedAt() + container.id(), container);
    }
    if (refusal.isPresent()) {
      List<OpenFile> others =
          mounts.openFiles(which).stream()
              .filter(file -> users.stream().noneMatch(c -> containers.isIn(c, file.pid())))
              .toList();
      if (!others.isEmpty()) {
        throw HomeMounts.inUse(refusal.get().verb() + " refused", others, refusal.get().hint());
      }
    }
    List<Container> mine = stopped.get();
    for (Container container : byStart.descendingMap().values()) {
      LOG.info("stopping container {}", container.name());
      mine.add(0, container);
      containers.stop(container);
    }
  }

  /** The containers that use the mounts that {@code which} picks. */
  public List<Container> using(Predicate<MountSpec> which) {
    List<MountInfo> places = mounts.list(which);
    return places.isEmpty() ? List.of() : using(containers.running(), places);
  }

  private static List<Container> using(List<Container> running, List<MountInfo> places) {
    return running.stream()
        .filter(container -> places.stream().anyMatch(place -> uses(container, place)))
        .sorted(Comparator.comparing(Container::name))
        .toList();
  }

  /** The containers that use the mounts that {@code which} picks, each with its subdots. */
  List<ContainerUse> uses(Predicate<MountSpec> which) {
    List<MountInfo> places = mounts.list(which);
    return using(which).stream()
        .map(
            container ->
                new ContainerUse(container.name(), container.image(), subdots(container, places)))
        .toList();
  }

  private static List<String> subdots(Container container, List<MountInfo> places) {
    return places.stream()
        .filter(place -> uses(container, place))
        .map(MountInfo::subdot)
        .distinct()
        .sorted()
        .toList();
  }

  /** Adds to each dot the names of the containers that use it; the engine is asked once. */
  List<DotSummary> named(List<DotSummary> dots) {
    List<MountInfo> places = mounts.list(spec -> true);
    if (places.isEmpty()) {
      return dots;
    }
    List<Container> running = containers.running();
    return running.isEmpty()
        ? dots
        : dots.stream()
            .map(
                dot ->
                    dot.withContainers(
                        using(
                                running,
                                places.stream().filter(p -> p.name().equals(dot.name())).toList())
                            .stream()
                            .map(Container::name)
                            .toList()))
            .toList();
  }

  /**
   * What a commit should know of the programs that wrote its data: {@code image.SUBDOT}, the name
   * of the image of the container that uses it, and {@code image-digest.SUBDOT}, the registry's
   * digest of that image or else the digest of its configuration. Several containers stand in one
   * line.
   */
  SortedMap<String, String> provenance(Predicate<MountSpec> which) {
    SortedMap<String, String> metadata = new TreeMap<>();
    List<MountInfo> places = mounts.list(which);
    for (Container container : using(which)) {
      String digest = container.imageId();
      try {
        digest = containers.details(container).repositoryDigest().orElse(digest);
      } catch (IOException e) {
        LOG.info("no more is known of {}: {}", container.name(), e.getMessage());
      }
      for (String subdot : subdots(container, places)) {
        metadata.merge("image." + subdot, container.image(), ContainerPause::both);
        metadata.merge("image-digest." + subdot, digest, ContainerPause::both);
      }
    }
    return metadata;
  }

  private static String both(String first, String second) {
    return List.of(first.split(" ", -1)).contains(second) ? first : first + " " + second;
  }

  /** The mounted directory, something in it, or the directory of {@code __root__} that has it. */
  static boolean uses(Container container, MountInfo place) {
    for (String source : container.sources()) {
      if ((source + "/").startsWith(place.directory() + "/")
          || place.directory().equals(source + "/" + place.subdot())) {
        return true;
      }
    }
    return false;
  }
}
