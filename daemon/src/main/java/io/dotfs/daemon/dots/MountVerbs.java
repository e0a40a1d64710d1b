package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.MountMessages.MountListReply;
import io.dotfs.daemon.api.MountMessages.MountListRequest;
import io.dotfs.daemon.api.MountMessages.MountReply;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.Owner;
import io.dotfs.daemon.api.MountMessages.UnmountRequest;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.Identity;
import io.dotfs.daemon.mounts.MountPaths;
import io.dotfs.daemon.mounts.MountSpec;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Mounting subdots, and taking them away. Thread safe. */
public final class MountVerbs {
  private static final int NEW_SUBDOT_PERMISSIONS = 0755;

  private final DotHome home;
  private final HomeMounts mounts;
  private final RootDirectories roots;
  private final DotVerbs dots;
  private final Identity identity;
  private final Revisions revisions;

  /** Held while a copy is made: its tree goes by its directory's name. */
  private final Object copies = new Object();

  public MountVerbs(
      DotHome home, HomeMounts mounts, RootDirectories roots, DotVerbs dots, Identity identity) {
    this.home = home;
    this.mounts = mounts;
    this.roots = roots;
    this.dots = dots;
    this.identity = identity;
    this.revisions = new Revisions(home);
  }

  public MountReply mount(MountRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    FullName name = FullName.parse(request.name());
    if ((request.suid() || request.dev()) && !identity.isRoot()) {
      throw new DaemonException(
          ErrorKind.PERMISSION_DENIED, "only root's daemon honours set-id bits and device nodes");
    }
    Path directory = MountPaths.checkDirectory(request.directory());
    if (request.create() && home.registry().dot(name.dot()).isEmpty()) {
      dots.create(name.dot());
    }
    try (DotLocks.Held held = home.locks().lock(name.dot())) {
      DotRecord dot = home.requireDot(name.dot());
      String branch = name.branch().orElse(dot.branch());
      Selected selected = new Selected(name.dot(), dot, branch);
      if (!selected.checkedOut()) {
        home.requireBranch(name.dot(), branch);
      }
      String subdot = name.subdot().orElse(FullName.DEFAULT_SUBDOT);
      return subdot.equals(FullName.ROOT_SUBDOT)
          ? mountAll(request, name, selected, directory)
          : mountOne(request, name, selected, subdot, directory);
    }
  }

  /**
   * Mounts every subdot beneath {@code directory}, each in a directory of its name; those that come
   * and go later do so there too, unless it is a commit that is shown.
   */
  private MountReply mountAll(
      MountRequest request, FullName name, Selected selected, Path directory)
      throws DaemonException, IOException, StoreException {
    List<MountInfo> made = new ArrayList<>();
    List<LockFile> locks = new ArrayList<>();
    for (String subdot : subdots(request, selected)) {
      Path below = directory.resolve(subdot);
      Files.createDirectories(below);
      MountReply one = mountOne(request, name, selected, subdot, below);
      made.addAll(one.mounts());
      locks.addAll(one.locks());
    }
    if (made.isEmpty()) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_SUBDOT,
          name.dot().display() + " has no subdots yet",
          "dm mount --create " + name.dot().display() + ".SUBDOT DIR");
    }
    if (request.at().isEmpty()) {
      roots.add(spec(request, name, selected, FullName.ROOT_SUBDOT, directory));
    }
    return new MountReply(made, locks);
  }

  private List<String> subdots(MountRequest request, Selected selected)
      throws DaemonException, IOException, StoreException {
    if (request.at().isEmpty()) {
      return home.tree(selected.id(), selected.branch()).subdots();
    }
    ObjectId commit = revisions.resolve(selected, request.at().get());
    List<String> names = new ArrayList<>();
    var entries = new DirectoryReader(home.objects()).entries(home.history().commit(commit).tree());
    for (Optional<TreeEntry> e = entries.next(); e.isPresent(); e = entries.next()) {
      names.add(e.get().name().toString());
    }
    return names;
  }

  private MountReply mountOne(
      MountRequest request, FullName name, Selected selected, String subdot, Path directory)
      throws DaemonException, IOException, StoreException {
    MountSpec spec = spec(request, name, selected, subdot, directory);
    if (spec.at().isPresent()) {
      return mountCommit(request, spec, ObjectId.fromHex(spec.at().get()), subdot);
    }
    WorkingTree tree = home.tree(selected.id(), selected.branch());
    boolean created = ensureSubdot(request, selected, tree, subdot);
    MountReply reply = new MountReply(List.of(mounts.mount(spec, tree)), List.of());
    if (created) {
      roots.refresh(selected.id().toString(), selected.branch(), tree);
    }
    return reply;
  }

  private MountSpec spec(
      MountRequest request, FullName name, Selected selected, String subdot, Path directory)
      throws DaemonException, StoreException {
    Optional<ObjectId> at = Optional.empty();
    if (request.at().isPresent()) {
      at = Optional.of(revisions.resolve(selected, request.at().get()));
    }
    Optional<Owner> as = request.as();
    if (as.isEmpty() && !identity.isRoot()) {
      as = Optional.of(new Owner(identity.uid(), identity.gid()));
    }
    return new MountSpec(
        directory.toString(),
        selected.id().toString(),
        subdot,
        selected.branch(),
        name.branch().isPresent(),
        at.map(ObjectId::toHex),
        request.readOnly(),
        as,
        request.suid(),
        request.dev());
  }

  private MountReply mountCommit(MountRequest request, MountSpec spec, ObjectId at, String subdot)
      throws DaemonException, IOException, StoreException {
    DirectoryRef root = home.history().commit(at).tree();
    Optional<TreeEntry> entry = new DirectoryReader(home.objects()).find(root, ByteName.of(subdot));
    if (entry.isEmpty() || !(entry.get().content() instanceof DirectoryRef data)) {
      throw unknownSubdot(spec.dot() + " has no subdot " + subdot + " in that commit");
    }
    if (!spec.isThrowAway()) {
      WorkingTree tree = home.trees().temporary(Optional.of(at), true);
      return new MountReply(List.of(mounts.mount(spec, tree)), List.of());
    }
    synchronized (copies) {
      MountPaths.checkDirectory(spec.directory()); // another copy there would lose its tree
      boolean mounted = false;
      try {
        WorkingTree tree = home.trees().reset(spec.copyKey(), Optional.of(at));
        List<LockFile> locks = locks(request, tree, subdot, data);
        MountReply reply = new MountReply(List.of(mounts.mount(spec, tree)), locks);
        mounted = true;
        return reply;
      } finally {
        if (!mounted) {
          home.trees().delete(spec.copyKey());
        }
      }
    }
  }

  /**
   * The lock files in a copy: dropped where that was asked for, else named where they look live.
   */
  private List<LockFile> locks(
      MountRequest request, WorkingTree tree, String subdot, DirectoryRef data)
      throws IOException, StoreException {
    List<LockFile> locks = new ArrayList<>();
    LockFiles lockFiles = new LockFiles(home.objects(), Path.of("/proc"));
    for (LockFiles.Found found : lockFiles.find(ByteName.of(subdot), data)) {
      if (request.dropLocks()) {
        List<ByteName> names = found.path().names();
        tree.restore(subdot, names.subList(1, names.size()), Optional.empty());
        locks.add(found.tell(true));
      } else if (found.liveCommand().isPresent()) {
        locks.add(found.tell(false));
      }
    }
    return locks;
  }

  /** Returns whether the subdot was not there and has been made. */
  private boolean ensureSubdot(
      MountRequest request, Selected selected, WorkingTree tree, String subdot)
      throws DaemonException, IOException, StoreException {
    if (tree.subdots().contains(subdot)) {
      return false;
    }
    boolean usual = subdot.equals(FullName.DEFAULT_SUBDOT);
    if (!request.create() && !usual) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_SUBDOT,
          selected.id().display() + " has no subdot " + subdot,
          "dm mount --create " + selected.id().display() + "." + subdot + " DIR");
    }
    if (!usual) {
      FullName.checkNotReserved(subdot);
    }
    tree.createSubdot(
        subdot,
        NEW_SUBDOT_PERMISSIONS,
        new io.dotfs.objectstore.object.Owner(identity.uid(), identity.gid()));
    return true;
  }

  private static DaemonException unknownSubdot(String message) {
    return new DaemonException(ErrorKind.UNKNOWN_SUBDOT, message);
  }

  public Done unmount(UnmountRequest request) throws DaemonException, IOException {
    String directory = Path.of(request.directory()).normalize().toString();
    List<MountInfo> below =
        mounts.list(
            spec ->
                spec.directory().equals(directory)
                    || spec.directory().equals(directory + "/" + spec.subdot()));
    roots.remove(directory);
    boolean exact = below.stream().anyMatch(m -> m.directory().equals(directory));
    if (exact || below.isEmpty()) {
      mounts.unmount(directory, request.force());
    } else {
      // What __root__ had mounted here.
      for (MountInfo mount : below) {
        mounts.unmount(mount.directory(), request.force());
      }
    }
    return new Done();
  }

  public MountListReply list(MountListRequest request) {
    return new MountListReply(mounts.list(spec -> true));
  }

  /** What a recorded mount has to show: one that follows the checkout follows it here as well. */
  public HomeMounts.Restorable restorable(MountSpec recorded)
      throws IOException, StoreException, DaemonException {
    if (recorded.at().isPresent()) {
      ObjectId commit = ObjectId.fromHex(recorded.at().get());
      WorkingTree tree =
          recorded.isThrowAway()
              ? home.trees().openOrCreate(recorded.copyKey(), Optional.of(commit))
              : home.trees().temporary(Optional.of(commit), true);
      return new HomeMounts.Restorable(recorded, tree);
    }
    DotId id = FullName.parseDot(recorded.dot());
    DotRecord dot = home.requireDot(id);
    String branch = recorded.pinned() ? recorded.branch() : dot.branch();
    if (!dot.branch().equals(branch)) {
      home.requireBranch(id, branch);
    }
    return new HomeMounts.Restorable(recorded.withBranch(branch), home.tree(id, branch));
  }
}
