package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The working trees of a home: one per branch, under a key of the caller's choice, and temporary
 * ones. Making one over a commit, replacing and dropping one take the same time whatever it holds.
 *
 * <p>Thread safe. Close it before its home, after all views.
 */
public final class WorkingTrees implements AutoCloseable {
  private static final byte[] NEXT_TREE = "next-tree".getBytes(StandardCharsets.US_ASCII);

  /** What an inode in memory takes of the heap, generously. */
  private static final int INODE_BYTES = 1024;

  private final Home home;
  private final Clock clock;
  private final int inodeRoom;

  @GuardedBy("this")
  private final Map<String, WorkingTree> byKey = new TreeMap<>();

  @GuardedBy("this")
  private final List<WorkingTree> temporary = new ArrayList<>();

  /** Trees without a key that somebody may still have open. */
  @GuardedBy("this")
  private final List<WorkingTree> retired = new ArrayList<>();

  private WorkingTrees(Home home, Clock clock, int inodeRoom) {
    this.home = home;
    this.clock = clock;
    this.inodeRoom = inodeRoom;
  }

  /** Opens the trees of a home; drops temporary ones and repairs what a crash left. */
  public static WorkingTrees open(Home home) throws IOException {
    return open(home, Clock.systemUTC());
  }

  /** As {@link #open(Home)}, with the clock that dates changes. */
  public static WorkingTrees open(Home home, Clock clock) throws IOException {
    // An eighth of the heap for each tree: few are in use at a time.
    return open(home, clock, (int) (Runtime.getRuntime().maxMemory() / 8 / INODE_BYTES));
  }

  /**
   * As {@link #open(Home, Clock)}.
   *
   * @param inodeRoom how many inodes of a tree stay in memory though nobody refers to them
   */
  static WorkingTrees open(Home home, Clock clock, int inodeRoom) throws IOException {
    WorkingTrees trees = new WorkingTrees(home, clock, inodeRoom);
    trees.load();
    return trees;
  }

  private synchronized void load() throws IOException {
    List<Long> dropped = new ArrayList<>();
    Map<Long, TreeRow> kept = new TreeMap<>();
    try (MetaCursor cursor = home.metadata().cursor(Table.TREES, Keys.number(0), Keys.number(-1))) {
      while (cursor.next()) {
        long id = Keys.get(cursor.key(), 0);
        TreeRow row = TreeRow.decode(cursor.value());
        if (row.kind() == WorkingTree.Kind.BRANCH && !row.key().isEmpty()) {
          kept.put(id, row);
        } else {
          dropped.add(id);
        }
      }
    }
    for (long id : dropped) {
      deleteStored(id);
    }
    for (Map.Entry<Long, TreeRow> entry : kept.entrySet()) {
      WorkingTree tree = instance(entry.getKey(), entry.getValue());
      tree.recover();
      byKey.put(entry.getValue().key(), tree);
    }
  }

  private WorkingTree instance(long id, TreeRow row) throws IOException {
    long generation = row.committedGeneration();
    for (byte kind : new byte[] {Keys.MARK_INODE, Keys.MARK_NAME, Keys.MARK_BLOCKS}) {
      try (MetaCursor cursor =
          home.metadata().cursor(Table.DIRTY, Keys.marksFrom(id, kind), Keys.marksTo(id, kind))) {
        while (cursor.next()) {
          generation = Math.max(generation, Keys.markedGeneration(cursor.key()));
        }
      }
    }
    long firstInode =
        home.metadata()
            .get(Table.META, Inodes.reserveKey(id))
            .map(bytes -> Keys.get(bytes, 0))
            .orElse(WorkingTree.FIRST_INODE);
    return new WorkingTree(home, id, row, generation + 1, firstInode, inodeRoom, clock);
  }

  private void deleteStored(long id) throws IOException {
    home.blockFiles().deleteTree(id);
    try (MetaBatch batch = home.metadata().newBatch()) {
      WorkingTree.deleteRows(id, batch);
      home.metadata().write(batch);
    }
  }

  private WorkingTree make(String key, Optional<ObjectId> base, WorkingTree.Kind kind)
      throws IOException, StoreException {
    Optional<DirectoryRef> content = Optional.empty();
    if (base.isPresent()) {
      content =
          Optional.of(
              CommitCodec.decode(home.objects().read(base.get(), ObjectType.COMMIT)).tree());
    }
    MetaStore metadata = home.metadata();
    long id = metadata.get(Table.META, NEXT_TREE).map(bytes -> Keys.get(bytes, 0)).orElse(1L);
    try (MetaBatch batch = metadata.newBatch()) {
      batch.put(Table.META, NEXT_TREE, Keys.number(id + 1));
      metadata.write(batch);
    }
    TreeRow row = new TreeRow(key, base, 0, kind);
    Optional<DirectoryRef> root = content;
    // Only now, and in this step, does the tree keep its base from being collected.
    home.objects()
        .retention()
        .<IOException>admit(
            base.stream().toList(),
            () -> WorkingTree.create(metadata, id, row, root, clock, home.powerEpoch()));
    return new WorkingTree(home, id, row, 1, WorkingTree.FIRST_INODE, inodeRoom, clock);
  }

  /** The tree of {@code key}; a new one over {@code base} if there is none. */
  public synchronized WorkingTree openOrCreate(String key, Optional<ObjectId> base)
      throws IOException, StoreException {
    checkKey(key);
    WorkingTree known = byKey.get(key);
    if (known != null) {
      return known;
    }
    WorkingTree made = make(key, base, WorkingTree.Kind.BRANCH);
    byKey.put(key, made);
    return made;
  }

  private static void checkKey(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a working tree without a key");
    }
  }

  public synchronized Optional<WorkingTree> find(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  public synchronized List<String> keys() {
    return List.copyOf(byKey.keySet());
  }

  /**
   * Puts a new tree over {@code base} under {@code key}. What the old one had uncommitted is lost.
   * Views of the old one keep it until they switch or close; the caller switches them.
   */
  public synchronized WorkingTree reset(String key, Optional<ObjectId> base)
      throws IOException, StoreException {
    WorkingTree made = make(key, base, WorkingTree.Kind.BRANCH);
    WorkingTree old = byKey.put(key, made);
    if (old != null) {
      retire(old);
    }
    return made;
  }

  /** Takes the key from a tree, so that nothing of it outlives its last view. */
  private void retire(WorkingTree old) throws IOException {
    old.generations().rename("");
    synchronized (this) {
      retired.add(old);
    }
    sweep();
  }

  /** Deletes trees that were replaced or dropped and that nobody uses any more. */
  private synchronized void sweep() throws IOException {
    for (WorkingTree tree : List.copyOf(retired)) {
      if (tree.isUnused()) {
        retired.remove(tree);
        tree.inodes().save();
        deleteStored(tree.id());
      }
    }
  }

  /**
   * Ids of trees that were replaced or dropped and that no mount shows: they need none of the
   * home's objects, although the kernel may not have forgotten all their inodes yet. What is idle
   * stays so.
   */
  public synchronized Set<Long> idle() {
    Set<Long> idle = new HashSet<>();
    for (WorkingTree tree : retired) {
      if (tree.isShownNowhere()) {
        idle.add(tree.id());
      }
    }
    return idle;
  }

  /**
   * What the trees need of the home's objects now. Takes no lock: it is called while nothing may
   * get a name, and who makes a tree has this one's lock when waiting for that.
   *
   * @param idle trees that need nothing
   */
  public TreeContents contents(Set<Long> idle) {
    return TreeContents.open(home, Set.copyOf(idle));
  }

  public synchronized void rename(String oldKey, String newKey) throws IOException {
    checkKey(newKey);
    WorkingTree tree = byKey.get(oldKey);
    if (tree == null || byKey.containsKey(newKey)) {
      throw new IllegalArgumentException("cannot rename tree " + oldKey + " to " + newKey);
    }
    tree.generations().rename(newKey);
    byKey.remove(oldKey);
    byKey.put(newKey, tree);
  }

  /** Drops a tree with what it has uncommitted; nothing happens if there is none. */
  public synchronized void delete(String key) throws IOException {
    WorkingTree old = byKey.remove(key);
    if (old != null) {
      retire(old);
    }
  }

  /** A tree without a key, gone with {@link #discard}, {@link #close} or the process. */
  public synchronized WorkingTree temporary(Optional<ObjectId> base, boolean readOnly)
      throws IOException, StoreException {
    WorkingTree made =
        make("", base, readOnly ? WorkingTree.Kind.READ_ONLY : WorkingTree.Kind.TEMPORARY);
    temporary.add(made);
    return made;
  }

  /** Drops a temporary tree as soon as its last view has closed. */
  public synchronized void discard(WorkingTree tree) throws IOException {
    if (temporary.remove(tree)) {
      retired.add(tree);
    }
    sweep();
  }

  /** Saves what only memory knows. */
  @Override
  public synchronized void close() throws IOException {
    for (WorkingTree tree : byKey.values()) {
      tree.inodes().save();
    }
    for (WorkingTree tree : temporary) {
      tree.inodes().save();
      deleteStored(tree.id());
    }
    for (WorkingTree tree : retired) {
      tree.inodes().save();
      deleteStored(tree.id());
    }
    byKey.clear();
    temporary.clear();
    retired.clear();
  }
}
