package io.dotfs.daemon.mounts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.RecordJson;
import io.dotfs.fusefs.mount.Binding;
import io.dotfs.fusefs.mount.DeviceNumber;
import io.dotfs.fusefs.mount.MountException;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.MountPoint;
import io.dotfs.fusefs.mount.MountTable;
import io.dotfs.fusefs.mount.MountedFileSystem;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.mount.Unmounter;
import io.dotfs.fusefs.overlay.Registry;
import io.dotfs.fusefs.tree.SubdotView;
import io.dotfs.fusefs.tree.ViewSwitch;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.fusefs.tree.WorkingTrees;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.objectstore.error.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of one home. Changes take a lock of their own, after a dot's; listings take none.
 *
 * <p>INVARIANT: a place is in the registry before it is mounted and until it is unmounted; so a
 * place that is mounted is found again after a crash.
 */
public final class HomeMounts {
  private static final Logger LOG = LoggerFactory.getLogger(HomeMounts.class);
  private static final String KEY = "mount/";
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

  /** How long descriptors may count as open that no process has any more. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private static final long CLOSE_POLL_NANOS = 2_000_000;
  private static final Duration DETACH_TIMEOUT = Duration.ofMillis(500);

  private static final Optional<String> GONE =
      Optional.of("unmounted by somebody else: dm mount mounts it again, dm unmount forgets it");

  private final Registry registry;
  private final Mounter mounter;
  private final Identity identity;
  private final String server;
  private final WorkingTrees trees;
  private final OpenFileScanner scanner = new OpenFileScanner();
  private final ReentrantLock lock = new ReentrantLock();

  /** Replaced as a whole under the lock, read without it. */
  private volatile List<Place> places = List.of();

  /**
   * Makes the mounts of a home; none is mounted yet.
   *
   * @param trees where temporary trees are given back when their mounts end
   * @param server id of the home, which names its mounts in the kernel's table
   */
  public HomeMounts(
      Registry registry, WorkingTrees trees, Mounter mounter, Identity identity, String server) {
    this.registry = registry;
    this.trees = trees;
    this.mounter = mounter;
    this.identity = identity;
    this.server = server;
  }

  /** What one file system serves, at one place or more. */
  private record Served(
      SubdotView view, MountedFileSystem mounted, DeviceNumber device, boolean readOnly) {}

  /** A place; without {@code served} it could not be mounted, and {@code problem} says why. */
  private record Place(MountSpec spec, Optional<Served> served, Optional<String> problem) {
    Place with(MountSpec newSpec) {
      return new Place(newSpec, served, problem);
    }
  }

  /** A recorded mount as it has to be made now, and what it shows. */
  public record Restorable(MountSpec spec, WorkingTree tree) {}

  /** Knows what a recorded mount has to show. */
  @FunctionalInterface
  public interface TreeSource {
    Restorable of(MountSpec recorded) throws IOException, StoreException, DaemonException;
  }

  private String sourcePrefix() {
    return "dotfs:" + server + "/";
  }

  /**
   * Detaches what a daemon that died left behind and mounts again what is recorded. A mount that
   * fails stays recorded, with its problem in the listing.
   */
  public void restore(TreeSource source) throws IOException {
    lock.lock();
    try {
      for (MountPoint dead : Unmounter.detachStale(sourcePrefix())) {
        LOG.info("detached the dead mount at {}", dead.directory());
      }
      List<Place> restored = new ArrayList<>();
      for (byte[] value : registry.list(KEY).values()) {
        MountSpec spec = RecordJson.read(new ByteArrayInputStream(value), MountSpec.class);
        Place place;
        try {
          Restorable now = source.of(spec);
          Served served = serve(now.spec(), now.tree());
          place = new Place(now.spec(), Optional.of(served), Optional.empty());
        } catch (IOException | StoreException | DaemonException e) {
          LOG.warn("cannot mount {} at {} again", spec.dot(), spec.directory(), e);
          String problem = String.valueOf(e.getMessage());
          place = new Place(spec, Optional.empty(), Optional.of(problem));
        }
        restored.add(place);
        places = List.copyOf(restored);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Mounts a working tree's subdot.
   *
   * @throws DaemonException {@link ErrorKind#ALREADY_EXISTS} if something of ours is mounted there
   */
  public MountInfo mount(MountSpec spec, WorkingTree tree)
      throws DaemonException, IOException, StoreException {
    lock.lock();
    try {
      Optional<Place> there = at(spec.directory());
      if (there.isPresent() && there.get().served().filter(s -> !gone(spec, s)).isPresent()) {
        MountSpec other = there.get().spec();
        throw new DaemonException(
            ErrorKind.ALREADY_EXISTS,
            other.dot() + "." + other.subdot() + " is mounted at " + spec.directory(),
            "dm unmount " + spec.directory());
      }
      if (there.isPresent() && there.get().served().isPresent()) {
        unmount(spec.directory(), true);
        there = Optional.empty();
      }
      record(spec);
      Served served;
      try {
        served = serve(spec, tree);
      } catch (IOException | StoreException | RuntimeException e) {
        if (there.isEmpty()) {
          forget(spec);
        }
        discard(spec, tree);
        throw e;
      }
      List<Place> now = new ArrayList<>(places);
      there.ifPresent(now::remove);
      now.add(new Place(spec, Optional.of(served), Optional.empty()));
      places = List.copyOf(now);
      return spec.info(Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Served serve(MountSpec spec, WorkingTree tree) throws IOException, StoreException {
    Path directory = Path.of(spec.directory());
    Optional<Place> shared =
        identity.isRoot()
            ? places.stream()
                .filter(p -> p.served().isPresent() && p.spec().canShare(spec))
                .filter(p -> !p.served().orElseThrow().readOnly() || spec.readOnly())
                .findFirst()
            : Optional.empty();
    if (shared.isPresent()) {
      Binding.bind(Path.of(shared.get().spec().directory()), directory, spec.readOnly());
      return shared.get().served().orElseThrow();
    }
    SubdotView view = tree.view(spec.subdot());
    InodeFileSystem files =
        spec.as().isPresent()
            ? new OwnerView(view, spec.as().get().uid(), spec.as().get().gid())
            : view;
    MountOptions options =
        MountOptions.of(directory, sourcePrefix() + spec.dot() + "." + spec.subdot())
            .withReadOnly(spec.readOnly())
            .withAllowOther(identity.isRoot())
            .withSetUserIds(spec.suid())
            .withDevices(spec.dev())
            .withPosixAcl(true)
            .withZeroTimeouts(shownElsewhere(tree, spec.subdot()));
    boolean mounted = false;
    try {
      MountedFileSystem served = mounter.mount(options, files);
      mounted = true;
      return new Served(view, served, served.device(), spec.readOnly());
    } finally {
      if (!mounted) {
        view.close();
      }
    }
  }

  /**
   * A second file system over the same data, which could not be bound to the first: an ordinary
   * user's, or one that shows other owners.
   */
  private boolean shownElsewhere(WorkingTree tree, String subdot) {
    return places.stream()
        .filter(place -> place.spec().subdot().equals(subdot))
        .flatMap(place -> place.served().stream())
        .anyMatch(served -> served.view().tree() == tree);
  }

  @GuardedBy("lock")
  private void record(MountSpec spec) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RecordJson.write(json, spec);
    registry.update(Map.of(KEY + spec.directory(), Optional.of(json.toByteArray())));
  }

  /** Gives back the tree of a commit that is not shown any more; a branch's stays. */
  @GuardedBy("lock")
  private void discard(MountSpec spec, WorkingTree tree) throws IOException {
    if (spec.isThrowAway()) {
      trees.delete(spec.copyKey());
    } else {
      trees.discard(tree);
    }
  }

  @GuardedBy("lock")
  private void forget(MountSpec spec) throws IOException {
    registry.update(Map.of(KEY + spec.directory(), Optional.empty()));
  }

  /** True if the kernel shows the mount at its place no more: somebody called {@code umount}. */
  private boolean gone(MountSpec spec, Served served) {
    Path directory = Path.of(spec.directory());
    try {
      // by its source as well: the next mount of whatever kind may get the device's number
      return MountTable.read().dotfsMounts(sourcePrefix()).stream()
          .noneMatch(m -> m.device().equals(served.device()) && m.directory().equals(directory));
    } catch (IOException e) {
      LOG.warn("cannot read the table of mounts; {} counts as mounted", directory, e);
      return false;
    }
  }

  private Optional<Place> at(String directory) {
    return places.stream().filter(p -> p.spec().directory().equals(directory)).findFirst();
  }

  /**
   * Takes a mount away.
   *
   * @param force even while it is in use: whoever has it open is then served until they let go
   * @throws DaemonException {@link ErrorKind#NOT_MOUNTED}; {@link ErrorKind#IN_USE} with who uses
   *     it
   */
  public void unmount(String directory, boolean force) throws DaemonException, IOException {
    lock.lock();
    try {
      Place place =
          at(directory)
              .orElseThrow(
                  () ->
                      new DaemonException(
                          ErrorKind.NOT_MOUNTED,
                          "no dot is mounted at " + directory,
                          "dm status shows where dots are mounted"));
      if (place.served().isPresent()) {
        detach(place, place.served().get(), force);
      }
      forget(place.spec());
      List<Place> now = new ArrayList<>(places);
      now.remove(place);
      places = List.copyOf(now);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void detach(Place place, Served served, boolean force)
      throws DaemonException, IOException {
    Path directory = Path.of(place.spec().directory());
    try {
      // somebody else may have unmounted it, and mounted something of theirs there
      if (!gone(place.spec(), served)) {
        Unmounter.unmount(directory, force);
      }
    } catch (MountException e) {
      if (e.reason() == MountException.Reason.BUSY) {
        List<OpenFile> users =
            scanner.scan(Map.of(served.device(), place.spec().subdot())).stream()
                .filter(file -> (file.path() + "/").startsWith(directory + "/"))
                .toList();
        throw inUse("cannot unmount " + directory, users, "dm unmount --force " + directory);
      }
      if (e.reason() != MountException.Reason.BAD_MOUNT_POINT) {
        throw e;
      }
      LOG.info("{} was unmounted by somebody else", directory);
    }
    boolean last = places.stream().filter(p -> p.served().equals(Optional.of(served))).count() == 1;
    if (last && !force) {
      try {
        if (!served.mounted().awaitEnd(END_TIMEOUT)) {
          LOG.info("{} is unmounted but still served", directory);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (last) {
      discard(place.spec(), served.view().tree());
    }
  }

  /** An error that says who has what open. */
  public static DaemonException inUse(String what, List<OpenFile> users, String hint) {
    StringBuilder text = new StringBuilder(what);
    if (users.isEmpty()) {
      text.append(": a process that cannot be looked into uses it");
    }
    List<Long> named = new ArrayList<>();
    for (OpenFile user : users) {
      if (!named.contains(user.pid()) && named.size() < 5) {
        text.append(named.isEmpty() ? ": " : ", ");
        text.append(user.command()).append(" (pid ").append(user.pid()).append(") has ");
        text.append(user.how()).append(' ').append(user.path());
        named.add(user.pid());
      }
    }
    long others = users.stream().map(OpenFile::pid).distinct().count() - named.size();
    if (others > 0) {
      text.append(", and ").append(others).append(" more");
    }
    return new DaemonException(ErrorKind.IN_USE, text.toString(), hint);
  }

  /** Who has something open at the mounts that {@code which} picks. */
  public List<OpenFile> openFiles(Predicate<MountSpec> which) throws IOException {
    Map<DeviceNumber, String> devices = new HashMap<>();
    for (Place place : places) {
      if (which.test(place.spec()) && place.served().isPresent()) {
        devices.put(place.served().get().device(), place.spec().subdot());
      }
    }
    return scanner.scan(devices);
  }

  /** The devices of the mounts that {@code which} picks. */
  public List<DeviceNumber> devices(Predicate<MountSpec> which) {
    return places.stream()
        .filter(p -> which.test(p.spec()))
        .flatMap(p -> p.served().stream())
        .map(Served::device)
        .distinct()
        .toList();
  }

  /** The mounts that {@code which} picks, by directory. */
  public List<MountInfo> list(Predicate<MountSpec> which) {
    return places.stream()
        .filter(p -> which.test(p.spec()))
        .map(
            p ->
                p.spec()
                    .info(
                        p.served().filter(s -> gone(p.spec(), s)).isPresent() ? GONE : p.problem()))
        .sorted((a, b) -> a.directory().compareTo(b.directory()))
        .toList();
  }

  /** Makes what the mounts are to show; called while nobody can change what they show now. */
  @FunctionalInterface
  public interface Target {
    WorkingTree make() throws DaemonException, IOException, StoreException;
  }

  /**
   * What to say when a switch is refused because something is open.
   *
   * @param verb what was to be done
   * @param hint the command that does it all the same
   */
  public record Refusal(String verb, String hint) {}

  /** Refuses while a process has something open on the mounts that {@code which} picks. */
  public void requireUnused(Predicate<MountSpec> which, Refusal refusal)
      throws DaemonException, IOException {
    List<OpenFile> users = openFiles(which);
    if (!users.isEmpty()) {
      throw inUse(refusal.verb() + " refused", users, refusal.hint());
    }
  }

  /**
   * Points the mounts that {@code which} picks at another working tree, that of {@code branch}, at
   * one instant: what was changed or opened before is there for {@code target} and the refusal to
   * see, what comes later finds the new tree.
   *
   * @param unlessUnused refuses while something is open; without it, that is no matter
   * @return their directories
   */
  public List<String> switchTo(
      Predicate<MountSpec> which, Target target, String branch, Optional<Refusal> unlessUnused)
      throws DaemonException, IOException, StoreException, InterruptedException {
    lock.lock();
    try {
      List<Place> concerned = places.stream().filter(p -> which.test(p.spec())).toList();
      List<SubdotView> views =
          concerned.stream()
              .flatMap(p -> p.served().stream())
              .map(Served::view)
              .distinct()
              .toList();
      try (ViewSwitch held = begin(views, which, unlessUnused)) {
        held.to(target.make());
        for (Place place : concerned) {
          record(place.spec().withBranch(branch));
        }
        held.keep();
      }
      places =
          places.stream()
              .map(p -> which.test(p.spec()) ? p.with(p.spec().withBranch(branch)) : p)
              .toList();
      for (SubdotView view : views) {
        view.awaitSwitched();
      }
      return concerned.stream()
          .filter(p -> p.served().isPresent())
          .map(p -> p.spec().directory())
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Holds up the views' requests, when nothing is open there. A descriptor that was closed may
   * still count for a moment, since the kernel tells of it afterwards.
   */
  @GuardedBy("lock")
  private ViewSwitch begin(
      List<SubdotView> views, Predicate<MountSpec> which, Optional<Refusal> unlessUnused)
      throws DaemonException, IOException, InterruptedException {
    long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    while (true) {
      ViewSwitch held = ViewSwitch.begin(views, unlessUnused.isEmpty());
      if (unlessUnused.isEmpty() || held.isUnused()) {
        return held;
      }
      held.release();
      requireUnused(which, unlessUnused.get());
      if (System.nanoTime() > deadline) {
        Refusal refusal = unlessUnused.get();
        throw inUse(refusal.verb() + " refused", List.of(), refusal.hint());
      }
      LockSupport.parkNanos(CLOSE_POLL_NANOS);
    }
  }

  /** Notes that a branch has another name, in what is recorded as well as in what is mounted. */
  public void branchRenamed(String dot, String oldName, String newName) throws IOException {
    handOver(spec -> spec.dot().equals(dot) && spec.branch().equals(oldName), newName);
  }

  /**
   * Notes that the working trees of the mounts that {@code which} picks belong to another branch;
   * what they show stays.
   *
   * @return their directories
   */
  public List<String> handOver(Predicate<MountSpec> which, String branch) throws IOException {
    lock.lock();
    try {
      for (byte[] value : registry.list(KEY).values()) {
        MountSpec spec = RecordJson.read(new ByteArrayInputStream(value), MountSpec.class);
        if (which.test(spec)) {
          record(spec.withBranch(branch));
        }
      }
      List<String> directories =
          places.stream().map(Place::spec).filter(which).map(MountSpec::directory).toList();
      places =
          places.stream()
              .map(p -> which.test(p.spec()) ? p.with(p.spec().withBranch(branch)) : p)
              .toList();
      return directories;
    } finally {
      lock.unlock();
    }
  }

  /** Detaches every mount; they stay recorded, so that {@link #restore} brings them back. */
  public void close() {
    lock.lock();
    try {
      List<Place> last = places;
      places = List.of();
      for (int i = last.size() - 1; i >= 0; i--) {
        Place place = last.get(i);
        if (place.served().isPresent()) {
          try {
            Unmounter.unmount(Path.of(place.spec().directory()), true);
          } catch (MountException e) {
            LOG.warn("{} stays mounted without a server", place.spec().directory(), e);
          }
        }
      }
      for (Place place : last) {
        if (place.served().isPresent()) {
          MountedFileSystem mounted = place.served().get().mounted();
          if (!mounted.awaitEnd(DETACH_TIMEOUT)) {
            mounted.abort();
          }
        }
      }
    } catch (MountException e) {
      LOG.warn("a mount does not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
