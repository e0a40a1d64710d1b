package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.DotMessages.SetUpstreamRequest;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.DotMessages.SubdotStatus;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.MountSpec;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Dots as a whole: init, list, status, show, delete. Thread safe. */
public final class DotVerbs {
  private final DotHome home;
  private final HomeMounts mounts;
  private final RootDirectories roots;
  private final BranchVerbs branches;
  private final ContainerPause containers;
  private final boolean systemDaemon;

  public DotVerbs(
      DotHome home,
      HomeMounts mounts,
      RootDirectories roots,
      BranchVerbs branches,
      ContainerPause containers,
      boolean systemDaemon) {
    this.home = home;
    this.mounts = mounts;
    this.roots = roots;
    this.branches = branches;
    this.containers = containers;
    this.systemDaemon = systemDaemon;
  }

  public DotSummary init(InitRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = FullName.parseDot(request.dot());
    create(id);
    return home.summary(id, home.requireDot(id));
  }

  /** Whether there is a dot of that name, {@code [namespace/]dot}. */
  public boolean exists(String dot) throws DaemonException, IOException {
    return home.registry().dot(FullName.parseDot(dot)).isPresent();
  }

  /** Makes a dot without commits. */
  void create(DotId id) throws DaemonException, IOException, StoreException, InterruptedException {
    FullName.checkNotReserved(id.dot());
    FullName.checkNotReserved(id.namespace());
    try (DotLocks.Held held = home.locks().lock(id)) {
      requireAbsent(home, id);
      home.purge(id, "init: left over");
      home.registry()
          .putDot(
              id,
              new DotRecord(
                  FullName.FIRST_BRANCH,
                  home.clock().instant().getEpochSecond(),
                  Optional.empty()));
    }
  }

  static void requireUnmounted(HomeMounts mounts, DotId id) throws DaemonException {
    List<MountInfo> places = mounts.list(spec -> spec.dot().equals(id.toString()));
    if (!places.isEmpty()) {
      MountInfo first = places.get(0);
      throw new DaemonException(
          ErrorKind.MOUNTED,
          id.display() + "." + first.subdot() + " is mounted at " + first.directory(),
          "dm unmount " + first.directory());
    }
  }

  static void requireAbsent(DotHome home, DotId id) throws DaemonException, IOException {
    if (home.registry().dot(id).isPresent()) {
      throw new DaemonException(
          ErrorKind.ALREADY_EXISTS, "there is a dot " + id.display() + " already", "dm list");
    }
  }

  public ListReply list(ListRequest request) throws IOException, StoreException {
    List<DotSummary> dots = new ArrayList<>();
    for (Map.Entry<DotId, DotRecord> dot : home.registry().dots().entrySet()) {
      dots.add(home.summary(dot.getKey(), dot.getValue()));
    }
    return new ListReply(containers.named(dots));
  }

  public StatusReply status(StatusRequest request)
      throws DaemonException, IOException, StoreException {
    Selected selected = home.select(request.selector());
    String name = selected.id().toString();
    Predicate<MountSpec> here = spec -> spec.shows(name, selected.branch());
    Optional<ObjectId> head = home.head(selected.id(), selected.branch());
    List<SubdotStatus> subdots = subdots(selected, head);
    List<OpenFile> open = request.openFiles() ? mounts.openFiles(here) : List.of();
    return new StatusReply(
        name,
        selected.branch(),
        selected.checkedOut(),
        head.map(ObjectId::toHex),
        head.isPresent() ? home.commitCount(head.get()) : 0,
        home.server(),
        systemDaemon,
        selected.dot().upstream(),
        subdots,
        open,
        containers.uses(here));
  }

  /** Of the working tree; a branch that was never looked into has none and is as its commit. */
  private List<SubdotStatus> subdots(Selected selected, Optional<ObjectId> head)
      throws IOException, StoreException {
    List<SubdotStatus> subdots = new ArrayList<>();
    Optional<WorkingTree> tree =
        home.trees().find(DotHome.treeKey(selected.id(), selected.branch()));
    if (tree.isPresent()) {
      Map<String, Long> changed = ChangedFiles.perSubdot(tree.get());
      for (String subdot : tree.get().subdots()) {
        subdots.add(
            new SubdotStatus(
                subdot,
                tree.get().sizeBytes(subdot),
                tree.get().dirtyBytes(subdot),
                changed.getOrDefault(subdot, 0L),
                places(selected.id(), subdot)));
      }
    } else if (head.isPresent()) {
      DirectoryCursor entries =
          new DirectoryReader(home.objects()).entries(home.history().commit(head.get()).tree());
      for (Optional<TreeEntry> e = entries.next(); e.isPresent(); e = entries.next()) {
        String subdot = e.get().name().toString();
        long size = e.get().totals().bytes();
        subdots.add(new SubdotStatus(subdot, size, 0, 0, places(selected.id(), subdot)));
      }
    }
    return subdots;
  }

  private List<MountInfo> places(DotId id, String subdot) {
    return mounts.list(spec -> spec.dot().equals(id.toString()) && spec.subdot().equals(subdot));
  }

  public DotShowReply show(DotShowRequest request)
      throws DaemonException, IOException, StoreException {
    DotId id = home.select(request.dot());
    DotRecord dot = home.requireDot(id);
    List<BranchInfo> local = branches.local(id, dot);
    List<BranchInfo> remote = branches.remote(id);
    List<TagInfo> tags = branches.tags(id);
    return new DotShowReply(
        containers.named(List.of(home.summary(id, dot))).get(0),
        home.head(id, dot.branch()).map(ObjectId::toHex),
        dot.upstream(),
        local,
        remote,
        tags,
        mounts.list(spec -> spec.dot().equals(id.toString())));
  }

  public Done delete(DotDeleteRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = FullName.parseDot(request.dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      home.requireDot(id);
      requireUnmounted(mounts, id);
      roots.removeAll(id.toString());
      home.registry().removeDot(id);
      home.purge(id, "dot delete");
      return new Done();
    }
  }

  public Done setUpstream(SetUpstreamRequest request)
      throws DaemonException, IOException, InterruptedException {
    DotId id = home.select(request.dot());
    FullName.checkPart(request.upstream().remote(), "remote");
    FullName.parseDot(request.upstream().dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      home.registry().putDot(id, home.requireDot(id).withUpstream(request.upstream()));
      return new Done();
    }
  }
}
