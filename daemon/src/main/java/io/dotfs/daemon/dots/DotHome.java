package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.fusefs.tree.WorkingTrees;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all verbs share: the open home, its working trees, who is who, and moving a branch together
 * with its working tree.
 *
 * <p>INVARIANT: outside of a move, the base of a branch's working tree is the branch's ref. {@link
 * #recover} restores that after a crash.
 */
public final class DotHome {
  private static final int COUNTS_KEPT = 10_000;

  private final Home home;
  private final WorkingTrees trees;
  private final DotRegistry registry;
  private final DotLocks locks = new DotLocks();
  private final History history;
  private final Clock clock;
  private final String server;
  private final Map<ObjectId, Long> counts = new ConcurrentHashMap<>();

  public DotHome(Home home, WorkingTrees trees, Clock clock, SecureRandom random)
      throws IOException {
    this.home = home;
    this.trees = trees;
    this.clock = clock;
    this.registry = new DotRegistry(home.registry());
    this.history = new History(home.objects());
    this.server = registry.serverId(random);
  }

  /** A dot that is there, and a branch of it that may have no commit yet. */
  record Selected(DotId id, DotRecord dot, String branch) {
    boolean checkedOut() {
      return dot.branch().equals(branch);
    }

    String ref() {
      return id.head(branch);
    }
  }

  DotRegistry registry() {
    return registry;
  }

  DotLocks locks() {
    return locks;
  }

  History history() {
    return history;
  }

  Home home() {
    return home;
  }

  WorkingTrees trees() {
    return trees;
  }

  ObjectStore objects() {
    return home.objects();
  }

  /** What interrupted transfers have brought: below it one directory a dot. */
  Path quarantines() {
    return home.directory().resolve("quarantine");
  }

  RefStore refs() {
    return home.refs();
  }

  Clock clock() {
    return clock;
  }

  /** 16 hex digits that name this home. */
  public String server() {
    return server;
  }

  /** The dot that a request means. */
  DotId select(Optional<String> dot) throws DaemonException, IOException {
    if (dot.isPresent()) {
      DotId id = FullName.parseDot(dot.get());
      requireDot(id);
      return id;
    }
    SortedMap<DotId, DotRecord> all = registry.dots();
    if (all.size() == 1) {
      return all.firstKey();
    }
    throw new DaemonException(
        ErrorKind.NO_CURRENT_DOT,
        "No current dot is selected",
        all.isEmpty() ? "dm init DOT" : "dm switch DOT");
  }

  DotRecord requireDot(DotId id) throws DaemonException, IOException {
    return registry
        .dot(id)
        .orElseThrow(
            () ->
                new DaemonException(
                    ErrorKind.UNKNOWN_DOT, "no such dot: " + id.display(), "dm list"));
  }

  /** The dot and branch that a request means. */
  Selected select(DotSelector selector) throws DaemonException, IOException, StoreException {
    DotId id;
    Optional<String> branch = selector.branch();
    if (selector.dot().isPresent()) {
      FullName name = FullName.parse(selector.dot().get());
      id = name.dot();
      if (branch.isEmpty()) {
        branch = name.branch();
      }
    } else {
      id = select(Optional.empty());
    }
    DotRecord dot = requireDot(id);
    Selected selected = new Selected(id, dot, branch.orElse(dot.branch()));
    if (!selected.checkedOut()) {
      requireBranch(id, selected.branch());
    }
    return selected;
  }

  ObjectId requireBranch(DotId id, String branch) throws DaemonException, StoreException {
    FullName.checkPart(branch, "branch");
    return head(id, branch)
        .orElseThrow(
            () ->
                new DaemonException(
                    ErrorKind.UNKNOWN_BRANCH,
                    "no such branch: " + branch,
                    "dm branch --dot " + id.display()));
  }

  Optional<ObjectId> head(DotId id, String branch) throws StoreException {
    return refs().get(new RefName(id.head(branch)));
  }

  /** The refs of a dot below a prefix such as {@code heads/}, under what follows it. */
  SortedMap<String, ObjectId> refs(DotId id, String kind) throws StoreException {
    String prefix = id.refPrefix() + "/" + kind;
    SortedMap<String, ObjectId> found = new TreeMap<>();
    for (Map.Entry<RefName, ObjectId> ref : refs().list(prefix).entrySet()) {
      found.put(ref.getKey().value().substring(prefix.length()), ref.getValue());
    }
    return found;
  }

  /** Key of a branch's working tree. */
  static String treeKey(DotId id, String branch) {
    return id + "@" + branch;
  }

  /** The working tree of a branch, begun at its head if there is none yet. */
  WorkingTree tree(DotId id, String branch) throws IOException, StoreException {
    return trees.openOrCreate(treeKey(id, branch), head(id, branch));
  }

  /** The subdots that a branch has, or would have when its working tree is made. */
  List<String> subdots(DotId id, String branch) throws IOException, StoreException {
    Optional<WorkingTree> tree = trees.find(treeKey(id, branch));
    if (tree.isPresent()) {
      return tree.get().subdots();
    }
    Optional<ObjectId> head = head(id, branch);
    return head.isPresent() ? subdots(head.get()) : List.of();
  }

  /** The subdots in a commit. */
  List<String> subdots(ObjectId commit) throws StoreException {
    List<String> names = new ArrayList<>();
    DirectoryCursor entries =
        new DirectoryReader(home.objects()).entries(history.commit(commit).tree());
    for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
      names.add(entry.get().name().toString());
    }
    return names;
  }

  /** How many commits are reachable from {@code tip}; remembered, and extended by new commits. */
  long commitCount(ObjectId tip) throws StoreException {
    Long known = counts.get(tip);
    if (known != null) {
      return known;
    }
    long count = 0;
    ObjectId at = tip;
    while (true) {
      Long below = counts.get(at);
      if (below != null) {
        count += below;
        break;
      }
      Commit commit = history.commit(at);
      if (commit.parents().isEmpty()) {
        count++;
        break;
      }
      if (commit.parents().size() > 1) {
        count += history.count(at);
        break;
      }
      count++;
      at = commit.parents().get(0);
    }
    if (counts.size() >= COUNTS_KEPT) {
      counts.clear();
    }
    counts.put(tip, count);
    return count;
  }

  DotSummary summary(DotId id, DotRecord dot) throws IOException, StoreException {
    Optional<ObjectId> head = head(id, dot.branch());
    Optional<WorkingTree> tree = trees.find(treeKey(id, dot.branch()));
    long size =
        tree.isPresent()
            ? tree.get().sizeBytes()
            : head.isPresent() ? history.commit(head.get()).tree().totals().bytes() : 0;
    return new DotSummary(
        id.toString(),
        id.namespace(),
        id.dot(),
        dot.branch(),
        server,
        List.of(),
        size,
        head.isPresent() ? commitCount(head.get()) : 0,
        tree.isPresent() ? tree.get().dirtyBytes() : 0);
  }

  /**
   * Moves a branch and its working tree to a commit; what was uncommitted is gone. The caller holds
   * the dot's lock, and switches the mounts to the tree that is returned.
   */
  WorkingTree move(CheckoutVerbs.Move move) throws IOException, StoreException {
    Selected branch = move.selected();
    String key = treeKey(branch.id(), branch.branch());
    MoveIntent intent =
        new MoveIntent(key, branch.ref(), move.before().map(ObjectId::toHex), move.after().toHex());
    registry.putIntent(intent);
    try {
      List<RefUpdate> updates = new ArrayList<>(move.alongside());
      RefName ref = new RefName(branch.ref());
      updates.add(
          new RefUpdate(ref, move.before(), Optional.of(move.after()), oneLine(move.reason())));
      refs().update(updates);
    } catch (StoreException e) {
      registry.removeIntent(intent);
      throw e;
    }
    WorkingTree moved = trees.reset(key, Optional.of(move.after()));
    registry.removeIntent(intent);
    return moved;
  }

  /**
   * Removes the refs and working trees of a dot, those included that a daemon which died in the
   * middle of a deletion or a clone has left behind. The caller holds the dot's lock.
   */
  void purge(DotId id, String reason) throws IOException, StoreException {
    List<RefUpdate> removals = new ArrayList<>();
    for (Map.Entry<RefName, ObjectId> ref : refs().list(id.refPrefix() + "/").entrySet()) {
      removals.add(RefUpdate.delete(ref.getKey(), ref.getValue(), reason));
    }
    refs().update(removals);
    for (String key : trees.keys()) {
      if (key.startsWith(treeKey(id, ""))) {
        trees.delete(key);
      }
    }
  }

  /** Finishes what a daemon that died had begun. Before anything is served. */
  public void recover() throws IOException, StoreException {
    for (MoveIntent intent : registry.intents()) {
      Optional<ObjectId> now = refs().get(new RefName(intent.ref()));
      boolean refMoved = now.isPresent() && now.get().toHex().equals(intent.after());
      Optional<WorkingTree> tree = trees.find(intent.key());
      if (refMoved && tree.isPresent() && !tree.get().base().equals(now)) {
        trees.reset(intent.key(), now);
      }
      registry.removeIntent(intent);
    }
  }

  /** A line for the reflog: well-formed, no control characters, not too long. */
  static String oneLine(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    String cut = line.length() <= 200 ? line : line.substring(0, 200);
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
