package io.dotfs.daemon.docker;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.RecordJson;
import io.dotfs.daemon.dots.FullName;
import io.dotfs.fusefs.overlay.Registry;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.packstream.TransferException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of a home, as Docker counts them: which there are, and under which ids each is in
 * use. A volume is mounted while it is used, below {@code <home>/volumes}. Looking at volumes takes
 * no lock and touches no disk. Changes of one volume take turns; that lock comes before a dot's.
 *
 * <p>INVARIANT: a use is in the registry before the volume is mounted and until it is unmounted.
 */
final class Volumes {
  private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
  private static final String KEY = "docker/volume/";
  private static final Set<String> OPTIONS = Set.of("from", "readonly", "lazy");
  private static final Pattern ANONYMOUS = Pattern.compile("[0-9a-f]{64}");

  private final Registry registry;
  private final VolumeData data;
  private final Path directory;
  private final Clock clock;
  private final String bootId;
  private final ConcurrentMap<String, VolumeRecord> volumes = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  private Volumes(Registry registry, VolumeData data, Path directory, Clock clock, String bootId) {
    this.registry = registry;
    this.data = data;
    this.directory = directory;
    this.clock = clock;
    this.bootId = bootId;
  }

  /**
   * Brings back what is recorded. The home's mounts are back already; those of volumes that were
   * used before the machine was booted go.
   *
   * @param directory where volumes are mounted
   * @param bootId of the running system
   */
  static Volumes open(
      Registry registry, VolumeData data, Path directory, Clock clock, String bootId)
      throws IOException {
    Volumes opened = new Volumes(registry, data, directory, clock, bootId);
    for (byte[] value : registry.list(KEY).values()) {
      VolumeRecord recorded = RecordJson.read(new ByteArrayInputStream(value), VolumeRecord.class);
      if (recorded.isUsed() && !recorded.bootId().equals(bootId)) {
        recorded = recorded.unused(bootId);
        opened.unmountUnused(recorded.name());
        opened.record(recorded);
      }
      opened.volumes.put(recorded.name(), recorded);
    }
    return opened;
  }

  /** Where a volume is mounted while it is in use. */
  Path path(String name) {
    return path(directory, name);
  }

  static Path path(Path directory, String name) {
    return directory.resolve(name.replace('/', '%'));
  }

  /** Where the volumes of a home are mounted. */
  static Path directory(Path home) {
    return home.resolve("volumes");
  }

  Optional<VolumeRecord> get(String name) {
    return Optional.ofNullable(volumes.get(name));
  }

  Collection<VolumeRecord> list() {
    return volumes.values();
  }

  /**
   * Makes a volume known, and its dot if there is none. One that is known already stays as it is.
   *
   * @throws DaemonException if the name or an option is not one of ours, or the options are not
   *     those of the volume that is there
   */
  void create(String name, Map<String, String> options)
      throws DaemonException, TransferException, IOException, StoreException, InterruptedException {
    check(name, options);
    try (Held held = hold(name)) {
      VolumeRecord known = volumes.get(name);
      if (known == null) {
        data.create(name, options);
        keep(new VolumeRecord(name, options, clock.millis(), bootId, Map.of()));
      } else if (!options.isEmpty() && !options.equals(known.options())) {
        throw new DaemonException(
            ErrorKind.ALREADY_EXISTS,
            "volume " + name + " exists with other options: " + known.options(),
            "docker volume rm " + name);
      }
    }
  }

  private static void check(String name, Map<String, String> options) throws DaemonException {
    FullName parsed = FullName.parse(name);
    FullName.checkNotReserved(parsed.dot().dot());
    FullName.checkNotReserved(parsed.dot().namespace());
    String subdot = parsed.subdot().orElse(FullName.DEFAULT_SUBDOT);
    if (!subdot.equals(FullName.DEFAULT_SUBDOT) && !subdot.equals(FullName.ROOT_SUBDOT)) {
      FullName.checkNotReserved(subdot);
    }
    for (Map.Entry<String, String> option : options.entrySet()) {
      if (!OPTIONS.contains(option.getKey())) {
        throw new DaemonException(
            ErrorKind.BAD_REQUEST, "unknown volume option '" + option.getKey() + "'");
      }
      boolean isFlag = !option.getKey().equals("from");
      if (isFlag && !option.getValue().equals("true") && !option.getValue().equals("false")) {
        throw new DaemonException(
            ErrorKind.BAD_REQUEST, "volume option " + option.getKey() + " is true or false");
      }
    }
    if (options.getOrDefault("lazy", "false").equals("true")) {
      throw new DaemonException(
          ErrorKind.UNSUPPORTED,
          "volume option lazy=true is not there yet: leave it out, and the data is fetched whole");
    }
  }

  /**
   * Counts one more use, and mounts the volume for the first.
   *
   * @param id Docker's name of the use
   * @return where it is mounted
   */
  Path mount(String name, String id)
      throws DaemonException, TransferException, IOException, StoreException, InterruptedException {
    create(name, Map.of());
    try (Held held = hold(name)) {
      VolumeRecord before = require(name);
      Path place = path(name);
      keep(before.counted(id, 1));
      boolean done = false;
      try {
        if (!data.isMounted(place)) {
          Files.createDirectories(place);
          data.mount(name, place, before.isReadOnly());
        }
        done = true;
        return place;
      } finally {
        if (!done) {
          keep(before);
        }
      }
    }
  }

  /** Counts one use less, and unmounts the volume after the last. An unknown use is none. */
  void unmount(String name, String id) throws DaemonException, IOException, InterruptedException {
    try (Held held = hold(name)) {
      VolumeRecord after = require(name).counted(id, -1);
      if (!after.isUsed()) {
        unmountUnused(name);
      }
      keep(after);
    }
  }

  /** Where a process of the host is still at work, the mount stays, and the next use finds it. */
  private void unmountUnused(String name) throws IOException {
    try {
      data.unmount(path(name));
      Files.deleteIfExists(path(name));
    } catch (DaemonException | java.nio.file.DirectoryNotEmptyException e) {
      LOG.info("volume {} stays mounted: {}", name, e.getMessage());
    }
  }

  /**
   * Forgets a volume. Its dot stays, with all that was committed and all that was not, unless
   * nobody gave it a name and nobody committed anything.
   *
   * @throws DaemonException {@link ErrorKind#IN_USE}
   */
  void remove(String name)
      throws DaemonException, IOException, StoreException, InterruptedException {
    try (Held held = hold(name)) {
      VolumeRecord known = require(name);
      if (known.isUsed()) {
        throw new DaemonException(ErrorKind.IN_USE, "volume " + name + " is in use by a container");
      }
      unmountUnused(name);
      registry.update(Map.of(KEY + name, Optional.empty()));
      volumes.remove(name);
      if (ANONYMOUS.matcher(name).matches()) {
        data.discardAnonymous(name);
      }
    }
  }

  private VolumeRecord require(String name) throws DaemonException {
    return get(name)
        .orElseThrow(() -> new DaemonException(ErrorKind.UNKNOWN_DOT, "no such volume: " + name));
  }

  private void keep(VolumeRecord volume) throws IOException {
    record(volume);
    volumes.put(volume.name(), volume);
  }

  private void record(VolumeRecord volume) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RecordJson.write(json, volume);
    registry.update(Map.of(KEY + volume.name(), Optional.of(json.toByteArray())));
  }

  private record Held(ReentrantLock lock) implements AutoCloseable {
    @Override
    public void close() {
      lock.unlock();
    }
  }

  private Held hold(String name) throws InterruptedException {
    ReentrantLock lock = locks.computeIfAbsent(name, n -> new ReentrantLock());
    lock.lockInterruptibly();
    return new Held(lock);
  }
}
