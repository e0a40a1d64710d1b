package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.MountSpec;
import io.dotfs.daemon.mounts.RootDirectories;
import io.dotfs.fusefs.commit.Committer;
import io.dotfs.fusefs.commit.LiveSnapshot;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.diff.TreePath;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.ref.RefUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What changes the working data under the mounts: checkout, reset, restoring paths. Thread safe.
 */
public final class CheckoutVerbs {
  private final DotHome home;
  private final HomeMounts mounts;
  private final RootDirectories roots;
  private final BranchVerbs branches;
  private final Committer committer;
  private final Revisions revisions;

  public CheckoutVerbs(
      DotHome home,
      HomeMounts mounts,
      RootDirectories roots,
      BranchVerbs branches,
      Committer committer) {
    this.home = home;
    this.committer = committer;
    this.mounts = mounts;
    this.roots = roots;
    this.branches = branches;
    this.revisions = new Revisions(home);
  }

  public CheckoutReply checkout(CheckoutRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.dot());
    try (DotLocks.Held held = home.locks().lock(id)) {
      DotRecord dot = home.requireDot(id);
      String name = request.branch();
      Predicate<MountSpec> following = spec -> spec.follows(id.toString());
      boolean stays = name.equals(dot.branch()) && !request.create();
      Optional<Tracked> tracked = Optional.empty();
      if (request.create()) {
        branches.checkNew(id, dot, name);
      } else if (!stays) {
        tracked = findOrTrack(id, name);
      }
      if (!stays && !request.force()) {
        String verb = request.create() ? "dm checkout --force -b " : "dm checkout --force ";
        String start = request.start().map(revision -> " " + revision).orElse("");
        requireUnused("checkout", following, verb + name + start);
      }
      if (request.create()) {
        branches.create(id, dot, name, request.start());
      } else if (tracked.isPresent()) {
        branches.createAt(
            id, name, tracked.get().head(), "branch: created from " + tracked.get().name());
      }
      List<String> switched = List.of();
      if (!stays) {
        WorkingTree tree = home.tree(id, name);
        roots.prune(following, tree);
        switched = mounts.switchTo(following, tree, name);
        home.registry().putDot(id, dot.withBranch(name));
        roots.switchTo(following, tree, name);
      }
      return new CheckoutReply(
          id.toString(),
          name,
          dot.branch(),
          home.head(id, name).map(ObjectId::toHex),
          request.create(),
          switched);
    }
  }

  /** A branch as a remote has it. */
  private record Tracked(String name, ObjectId head) {}

  /**
   * The branch must be there; one that a single remote has will be made from that, as git does.
   *
   * @return what to make it from, if it has to be made
   */
  private Optional<Tracked> findOrTrack(DotId id, String name)
      throws DaemonException, StoreException {
    FullName.checkPart(name, "branch");
    boolean unborn = home.trees().find(DotHome.treeKey(id, name)).isPresent();
    if (unborn || home.head(id, name).isPresent()) {
      return Optional.empty();
    }
    List<Tracked> remotes =
        home.refs(id, "remotes/").entrySet().stream()
            .filter(ref -> ref.getKey().endsWith("/" + name))
            .map(ref -> new Tracked(ref.getKey(), ref.getValue()))
            .toList();
    if (remotes.size() != 1) {
      home.requireBranch(id, name);
    }
    return Optional.of(remotes.get(0));
  }

  /** Refuses while a process has something open on the mounts in question. */
  void requireUnused(String verb, Predicate<MountSpec> which, String hint)
      throws DaemonException, IOException {
    List<OpenFile> users = mounts.openFiles(which);
    if (!users.isEmpty()) {
      throw HomeMounts.inUse(verb + " refused", users, hint);
    }
  }

  public ResetReply reset(ResetRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.selector()).id();
    try (DotLocks.Held held = home.locks().lock(id)) {
      Selected selected = home.select(request.selector());
      ObjectId target = revisions.resolve(selected, request.revision());
      WorkingTree tree = home.tree(id, selected.branch());
      if (!request.hard() && tree.hasChanges()) {
        throw new DaemonException(
            ErrorKind.DIRTY,
            "branch " + selected.branch() + " has uncommitted data, which reset would drop",
            "dm commit, or dm reset --hard " + request.revision());
      }
      Predicate<MountSpec> here = spec -> spec.shows(id.toString(), selected.branch());
      if (!request.force()) {
        String verb = request.hard() ? "dm reset --hard --force " : "dm reset --force ";
        requireUnused("reset", here, verb + request.revision());
      }
      Optional<ObjectId> before = home.head(id, selected.branch());
      moveTo(selected, before, target, "reset: moving to " + request.revision(), List.of());
      return new ResetReply(
          id.toString(),
          selected.branch(),
          before.map(ObjectId::toHex),
          target.toHex(),
          HistoryVerbs.subject(home.history().commit(target)));
    }
  }

  /**
   * Moves a branch, its working tree and its mounts; the caller holds the dot's lock.
   *
   * @param alongside other refs that move with it, or not at all
   */
  void moveTo(
      Selected selected,
      Optional<ObjectId> before,
      ObjectId target,
      String reason,
      List<RefUpdate> alongside)
      throws IOException, StoreException, InterruptedException {
    WorkingTree moved = home.move(selected, before, target, reason, alongside);
    Predicate<MountSpec> here = spec -> spec.shows(selected.id().toString(), selected.branch());
    roots.prune(here, moved);
    mounts.switchTo(here, moved, selected.branch());
    roots.refresh(selected.id().toString(), selected.branch(), moved);
  }

  public RestoreReply restore(RestoreRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.selector()).id();
    Set<TreePath> paths = DiffVerbs.paths(request.paths());
    if (paths.isEmpty()) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "no path is named");
    }
    try (DotLocks.Held held = home.locks().lock(id)) {
      Selected selected = home.select(request.selector());
      ObjectId commit = revisions.resolve(selected, request.revision().orElse("HEAD"));
      DirectoryRef root = home.history().commit(commit).tree();
      WorkingTree tree = home.tree(id, selected.branch());
      List<Found> found = new ArrayList<>();
      for (TreePath path : paths) {
        found.add(new Found(path, find(root, path)));
      }
      long changed = 0;
      for (Found item : found) {
        changed += restore(tree, item);
      }
      return new RestoreReply(commit.toHex(), changed);
    }
  }

  private record Found(TreePath path, TreeEntry entry) {}

  private long restore(WorkingTree tree, Found item)
      throws IOException, StoreException, InterruptedException {
    String subdot = item.path().names().get(0).toString();
    List<ByteName> below = item.path().names().subList(1, item.path().names().size());
    if (!below.isEmpty()) {
      tree.restore(subdot, below, Optional.of(item.entry()));
      return 1;
    }
    return restoreSubdot(tree, subdot, (DirectoryRef) item.entry().content());
  }

  /** Everything at the top of a subdot comes back, and what the commit lacks there goes. */
  private long restoreSubdot(WorkingTree tree, String subdot, DirectoryRef content)
      throws IOException, StoreException, InterruptedException {
    Map<ByteName, Optional<TreeEntry>> wanted = new TreeMap<>();
    try (LiveSnapshot live = committer.capture(tree)) {
      DirectoryReader reader = new DirectoryReader(live.reader());
      Optional<TreeEntry> now = reader.find(live.root(), ByteName.of(subdot));
      if (now.isPresent() && now.get().content() instanceof DirectoryRef directory) {
        DirectoryCursor names = reader.entries(directory);
        for (Optional<TreeEntry> e = names.next(); e.isPresent(); e = names.next()) {
          wanted.put(e.get().name(), Optional.empty());
        }
      }
    }
    DirectoryCursor entries = new DirectoryReader(home.objects()).entries(content);
    for (Optional<TreeEntry> e = entries.next(); e.isPresent(); e = entries.next()) {
      wanted.put(e.get().name(), e);
    }
    for (Map.Entry<ByteName, Optional<TreeEntry>> entry : wanted.entrySet()) {
      tree.restore(subdot, List.of(entry.getKey()), entry.getValue());
    }
    return wanted.size();
  }

  private TreeEntry find(DirectoryRef root, TreePath path) throws DaemonException, StoreException {
    DirectoryReader reader = new DirectoryReader(home.objects());
    DirectoryRef directory = root;
    Optional<TreeEntry> entry = Optional.empty();
    for (int i = 0; i < path.names().size(); i++) {
      entry = reader.find(directory, path.names().get(i));
      boolean last = i == path.names().size() - 1;
      if (entry.isPresent() && entry.get().content() instanceof DirectoryRef below) {
        directory = below;
      } else if (!last) {
        entry = Optional.empty();
        break;
      }
    }
    return entry.orElseThrow(
        () ->
            new DaemonException(
                ErrorKind.UNKNOWN_PATH,
                "no such path in that commit: " + DotHome.oneLine(DiffVerbs.text(path)),
                "paths are written subdot/path/in/it"));
  }
}
