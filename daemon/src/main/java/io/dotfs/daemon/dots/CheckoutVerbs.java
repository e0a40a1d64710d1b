package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.dots.DotHome.Selected;
import io.dotfs.daemon.mounts.HomeMounts;
import io.dotfs.daemon.mounts.HomeMounts.Refusal;
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
import io.dotfs.objectstore.store.Hold;
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
  private final ContainerPause pause;
  private final Revisions revisions;

  public CheckoutVerbs(
      DotHome home,
      HomeMounts mounts,
      RootDirectories roots,
      BranchVerbs branches,
      Committer committer,
      ContainerPause pause) {
    this.home = home;
    this.pause = pause;
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
      List<String> switched = List.of();
      if (!stays) {
        Optional<Start> start = start(id, dot, request);
        if (request.carry() && home.tree(id, dot.branch()).hasChanges()) {
          switched = carry(new Selected(id, dot, dot.branch()), name, start, following);
        } else {
          switched = switchTo(id, request, start, following);
        }
        home.registry().putDot(id, dot.withBranch(name));
        roots.switchTo(following, home.tree(id, name), name);
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

  private List<String> switchTo(
      DotId id, CheckoutRequest request, Optional<Start> start, Predicate<MountSpec> following)
      throws DaemonException, IOException, StoreException, InterruptedException {
    String name = request.branch();
    Optional<Refusal> refusal = refusal(request);
    pause.makeWay(following, refusal);
    if (refusal.isPresent()) {
      mounts.requireUnused(following, refusal.get());
    }
    roots.prune(
        following, start.isPresent() ? home.subdots(start.get().commit()) : home.subdots(id, name));
    return mounts.switchTo(
        following,
        () -> {
          if (start.isPresent()) {
            branches.createAt(
                id, name, start.get().commit(), "branch: created from " + start.get().name());
          }
          return home.tree(id, name);
        },
        name,
        refusal);
  }

  /**
   * Uncommitted data goes along by handing the branch's working tree to the other one, which must
   * begin at the same commit: in constant time, under the mounts, whatever is open there. The
   * branch that it leaves has nothing uncommitted afterwards.
   */
  private List<String> carry(
      Selected from, String to, Optional<Start> start, Predicate<MountSpec> following)
      throws DaemonException, IOException, StoreException {
    DotId id = from.id();
    Optional<ObjectId> there =
        start.isPresent() ? Optional.of(start.get().commit()) : home.head(id, to);
    if (!home.head(id, from.branch()).equals(there)) {
      throw new DaemonException(
          ErrorKind.DIRTY,
          "uncommitted data can be carried to a branch at the same commit only",
          "dm checkout -b NEW --carry");
    }
    Optional<WorkingTree> tree = home.trees().find(DotHome.treeKey(id, to));
    if (start.isEmpty() && tree.isPresent() && tree.get().hasChanges()) {
      throw new DaemonException(
          ErrorKind.DIRTY,
          "branch " + to + " has uncommitted data of its own",
          "dm checkout " + to);
    }
    for (String branch : List.of(from.branch(), to)) {
      List<MountInfo> pinned =
          mounts.list(spec -> spec.shows(id.toString(), branch) && spec.pinned());
      if (!pinned.isEmpty()) {
        throw new DaemonException(
            ErrorKind.MOUNTED,
            "branch " + branch + " is mounted by its name at " + pinned.get(0).directory(),
            "dm unmount " + pinned.get(0).directory());
      }
    }
    if (start.isPresent()) {
      String reason = "branch: created from " + start.get().name();
      branches.createAt(id, to, start.get().commit(), reason);
    }
    home.trees().delete(DotHome.treeKey(id, to));
    home.trees().rename(DotHome.treeKey(id, from.branch()), DotHome.treeKey(id, to));
    return mounts.handOver(following, to);
  }

  private static Optional<Refusal> refusal(CheckoutRequest request) {
    String verb = request.create() ? "dm checkout --force -b " : "dm checkout --force ";
    String start = request.start().map(revision -> " " + revision).orElse("");
    return request.force()
        ? Optional.empty()
        : Optional.of(new Refusal("checkout", verb + request.branch() + start));
  }

  /** What a branch that has to be made is made from. */
  private record Start(String name, ObjectId commit) {}

  /**
   * The branch must be there, or is to be made; one that a single remote has will be made from
   * that, as git does.
   *
   * @return what to make it from, if it has to be made
   */
  private Optional<Start> start(DotId id, DotRecord dot, CheckoutRequest request)
      throws DaemonException, IOException, StoreException {
    String name = request.branch();
    if (request.create()) {
      branches.checkNew(id, dot, name);
      return Optional.of(
          new Start(
              request.start().orElse(dot.branch()), branches.start(id, dot, request.start())));
    }
    FullName.checkPart(name, "branch");
    boolean unborn = home.trees().find(DotHome.treeKey(id, name)).isPresent();
    if (unborn || home.head(id, name).isPresent()) {
      return Optional.empty();
    }
    List<Start> remotes =
        home.refs(id, "remotes/").entrySet().stream()
            .filter(ref -> ref.getKey().endsWith("/" + name))
            .map(ref -> new Start(ref.getKey(), ref.getValue()))
            .toList();
    if (remotes.size() != 1) {
      home.requireBranch(id, name);
    }
    return Optional.of(remotes.get(0));
  }

  public ResetReply reset(ResetRequest request)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DotId id = home.select(request.selector()).id();
    try (DotLocks.Held held = home.locks().lock(id)) {
      Selected selected = home.select(request.selector());
      ObjectId target = revisions.resolve(selected, request.revision());
      Move move =
          new Move(
              selected,
              home.head(id, selected.branch()),
              target,
              "reset: moving to " + request.revision(),
              List.of());
      Optional<DaemonException> whenDirty =
          request.hard()
              ? Optional.empty()
              : Optional.of(
                  new DaemonException(
                      ErrorKind.DIRTY,
                      "branch "
                          + selected.branch()
                          + " has uncommitted data, which reset would drop",
                      "dm commit, or dm reset --hard " + request.revision()));
      String verb = request.hard() ? "dm reset --hard --force " : "dm reset --force ";
      Optional<Refusal> whenUsed =
          request.force()
              ? Optional.empty()
              : Optional.of(new Refusal("reset", verb + request.revision()));
      moveTo(move, whenDirty, whenUsed);
      return new ResetReply(
          id.toString(),
          selected.branch(),
          move.before().map(ObjectId::toHex),
          target.toHex(),
          HistoryVerbs.subject(home.history().commit(target)));
    }
  }

  /**
   * Where a branch is moved from and to.
   *
   * @param reason for the reflog
   * @param alongside other refs that move with it, or not at all
   */
  record Move(
      Selected selected,
      Optional<ObjectId> before,
      ObjectId after,
      String reason,
      List<RefUpdate> alongside) {}

  /**
   * Moves a branch, its working tree and its mounts; the caller holds the dot's lock.
   *
   * @param whenDirty thrown if there is uncommitted data; without it, that is dropped
   * @param whenUsed refuses while something is open there; without it, that is no matter
   */
  void moveTo(Move move, Optional<DaemonException> whenDirty, Optional<Refusal> whenUsed)
      throws DaemonException, IOException, StoreException, InterruptedException {
    // Where it goes may be known to the reflog alone, and containers take their time to stop.
    try (Hold untilMoved = home.objects().retention().hold(() -> List.of(move.after()))) {
      moveHeld(move, whenDirty, whenUsed);
    }
  }

  private void moveHeld(Move move, Optional<DaemonException> whenDirty, Optional<Refusal> whenUsed)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Selected selected = move.selected();
    Predicate<MountSpec> here = spec -> spec.shows(selected.id().toString(), selected.branch());
    WorkingTree tree = home.tree(selected.id(), selected.branch());
    requireClean(tree, whenDirty);
    pause.makeWay(here, whenUsed);
    if (whenUsed.isPresent()) {
      mounts.requireUnused(here, whenUsed.get());
    }
    roots.prune(here, home.subdots(move.after()));
    mounts.switchTo(
        here,
        () -> {
          // Asked again: now nobody can change anything any more.
          requireClean(tree, whenDirty);
          return home.move(move);
        },
        selected.branch(),
        whenUsed);
    roots.refresh(
        selected.id().toString(), selected.branch(), home.tree(selected.id(), selected.branch()));
  }

  /** Throws {@code otherwise}, if there is one, where there is uncommitted data. */
  static void requireClean(WorkingTree tree, Optional<DaemonException> otherwise)
      throws DaemonException, IOException {
    if (otherwise.isPresent() && tree.hasChanges()) {
      throw otherwise.get();
    }
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
      // No ref need reach it: all of its paths come back, or none.
      try (Hold untilRestored = home.objects().retention().hold(() -> List.of(commit))) {
        return new RestoreReply(
            commit.toHex(), restore(home.tree(id, selected.branch()), commit, paths));
      }
    }
  }

  private long restore(WorkingTree tree, ObjectId commit, Set<TreePath> paths)
      throws DaemonException, IOException, StoreException, InterruptedException {
    DirectoryRef root = home.history().commit(commit).tree();
    List<Found> found = new ArrayList<>();
    for (TreePath path : paths) {
      found.add(new Found(path, find(root, path)));
    }
    long changed = 0;
    for (Found item : found) {
      changed += restore(tree, item);
    }
    return changed;
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
