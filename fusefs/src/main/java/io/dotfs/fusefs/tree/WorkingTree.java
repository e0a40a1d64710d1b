package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.freeze.Gate;
import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.ref.RefUpdate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data of one branch of a dot as it stands: a base commit and, in the overlay, what differs.
 * Its top directory holds the subdots.
 *
 * <p>Thread safe. Locks in {@code docs/locks.md}: {@code commitLock}, then inode locks from parent
 * to child, then the locks of loading, then the table's. A change enters the {@link Gate} after it
 * has all its inode locks.
 */
public final class WorkingTree {
  /** How a tree may be used. */
  public enum Kind {
    /** A branch's own. */
    BRANCH(0),
    /** Writable, gone when it is closed. */
    TEMPORARY(1),
    /** Shows a commit; gone when it is closed. */
    READ_ONLY(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The number that stands for it in the database. */
    int code() {
      return code;
    }

    static Kind ofCode(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalStateException("a working tree of kind " + code);
    }
  }

  /** An inode with open descriptors. */
  public record OpenInode(long inode, String subdot, String path, int opens) {}

  static final long DIRECTORY_SIZE = 4096;

  /** Free space below which nothing is accepted that needs more. */
  static final long SPACE_FLOOR_BYTES = 64L << 20;

  /** Numbers below are kept for what every tree has. */
  static final long FIRST_INODE = 16;

  private static final long ROOT = 1;
  private static final long INODE_RESERVE = 1 << 16;
  private static final int LOAD_LOCKS = 256;
  private static final Logger LOG = LoggerFactory.getLogger(WorkingTree.class);

  private final Home home;
  private final long id;
  private final Kind kind;
  private final Clock clock;
  private final Gate gate;
  private final InodeTable table = new InodeTable();
  private final Object[] loadLocks = new Object[LOAD_LOCKS];
  private final FileReader fileReader;
  private final DirectoryReader directoryReader;
  private final Names names = new Names(this);
  private final List<SubdotView> views = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<Long, LongAdder> dirtyBytes = new ConcurrentHashMap<>();

  /** Held for the whole of a commit, so that a tree has one at a time. */
  private final ReentrantLock commitLock = new ReentrantLock();

  /** Held while a directory moves to another parent. */
  final ReentrantLock renameLock = new ReentrantLock();

  private volatile Optional<FrozenTree> underway = Optional.empty();
  private volatile TreeRow row;
  private final Object allocation = new Object();

  @GuardedBy("allocation")
  private long nextInode;

  @GuardedBy("allocation")
  private long reservedInode;

  WorkingTree(Home home, long id, TreeRow row, long firstGeneration, long firstInode, Clock clock) {
    this.home = home;
    this.id = id;
    this.row = row;
    this.kind = row.kind();
    this.clock = clock;
    this.gate = new Gate(firstGeneration);
    this.fileReader = new FileReader(home.objects());
    this.directoryReader = new DirectoryReader(home.objects());
    this.nextInode = firstInode;
    this.reservedInode = firstInode;
    for (int i = 0; i < LOAD_LOCKS; i++) {
      loadLocks[i] = new Object();
    }
  }

  /** Writes the rows of a new tree. */
  static void create(
      MetaStore metadata,
      long id,
      TreeRow row,
      Optional<DirectoryRef> content,
      Clock clock,
      int epoch)
      throws IOException {
    Inode root = new Inode(rootOf(id));
    root.mode = FileType.DIRECTORY.modeBits() | 0755;
    root.size = DIRECTORY_SIZE;
    java.time.Instant now = clock.instant();
    root.setMtime(now.getEpochSecond(), now.getNano());
    root.setCtime(now.getEpochSecond(), now.getNano());
    root.subdirectories = content.isPresent() ? -1 : 0;
    try (MetaBatch batch = metadata.newBatch()) {
      batch.put(Table.TREES, Keys.number(id), row.encode());
      batch.put(Table.INODES, Keys.number(root.number), InodeCodec.encode(root, epoch));
      if (content.isPresent()) {
        batch.put(Table.CONTENT, Keys.number(root.number), ContentRow.of(content.get()).encode());
      }
      metadata.sync(metadata.write(batch));
    }
  }

  /** The inode number of a tree's top directory. */
  public static long rootInode(long tree) {
    return rootOf(tree);
  }

  static long rootOf(long tree) {
    return tree << Keys.TREE_SHIFT | ROOT;
  }

  /** Deletes all rows of a tree. */
  static void deleteRows(long id, MetaBatch batch) {
    byte[] from = Keys.number(id << Keys.TREE_SHIFT);
    byte[] to = Keys.number((id + 1) << Keys.TREE_SHIFT);
    for (Table inodeTable :
        List.of(
            Table.INODES, Table.NAMES, Table.LINKS, Table.BLOCKS, Table.CONTENT, Table.ORPHANS)) {
      batch.deleteRange(inodeTable, from, to);
    }
    batch.deleteRange(Table.DIRTY, Keys.number(id), Keys.number(id + 1));
    batch.delete(Table.TREES, Keys.number(id));
    batch.delete(Table.META, inodesKey(id));
  }

  /**
   * After a stop of whatever kind: removes inodes that were only open, and accounts for what is
   * dirty. O(changed).
   */
  void recover() throws IOException {
    List<byte[]> orphans = new ArrayList<>();
    byte[] from = Keys.number(id << Keys.TREE_SHIFT);
    byte[] to = Keys.number((id + 1) << Keys.TREE_SHIFT);
    try (MetaCursor cursor = home.metadata().cursor(Table.ORPHANS, from, to)) {
      while (cursor.next()) {
        orphans.add(cursor.key());
      }
    }
    for (byte[] key : orphans) {
      removeLeftover(key);
    }
    for (long g = row.committedGeneration(); g <= gate.generation(); g++) {
      blockFiles().delete(new BlockFiles.Name(id, 0, g));
    }
    java.util.TreeSet<Long> dirty = new java.util.TreeSet<>();
    try (MetaCursor cursor =
        home.metadata()
            .cursor(
                Table.DIRTY,
                Keys.marksFrom(id, Keys.MARK_INODE),
                Keys.marksTo(id, Keys.MARK_INODE))) {
      while (cursor.next()) {
        if (Keys.markedGeneration(cursor.key()) > row.committedGeneration()) {
          dirty.add(Keys.markedInode(cursor.key()));
        }
      }
    }
    for (long number : dirty) {
      Optional<Inode> found = acquire(number);
      if (found.isPresent()) {
        Inode inode = found.get();
        if (inode.isRegular()) {
          long bytes = loadedBytes(inode).countDirtyBytes();
          addDirtyBytes(inode.subdot, bytes);
        }
        release(inode, 1);
      }
    }
  }

  private void removeLeftover(byte[] key) throws IOException {
    long number = Keys.get(key, 0);
    try (MetaBatch batch = home.metadata().newBatch()) {
      batch.delete(Table.ORPHANS, key);
      if (key.length > 8) {
        blockFiles().delete(new BlockFiles.Name(id, number, Keys.get(key, 8)));
      } else {
        deleteInodeRows(number, batch);
        blockFiles().delete(new BlockFiles.Name(id, number, 0));
      }
      home.metadata().write(batch);
    }
  }

  private static void deleteInodeRows(long number, MetaBatch batch) {
    byte[] key = Keys.number(number);
    batch.delete(Table.INODES, key);
    batch.delete(Table.CONTENT, key);
    batch.delete(Table.ORPHANS, key);
    batch.deleteRange(Table.BLOCKS, key, Keys.number(number + 1));
  }

  /** Key in ORPHANS of a backing file that a commit has taken over. */
  static byte[] leftoverKey(BlockFiles.Name name) {
    return ByteBuffer.allocate(16).putLong(name.inode()).putLong(name.version()).array();
  }

  // ---- what others ask

  /** Unique in the home, never used again. */
  public long id() {
    return id;
  }

  /** The name under which it was opened; empty for a temporary one. */
  public String key() {
    return row.key();
  }

  /** The commit that it is based on; none before the first. */
  public Optional<ObjectId> base() {
    return row.base();
  }

  public Kind kind() {
    return kind;
  }

  /** Whether every change is refused (EROFS). */
  public boolean readOnly() {
    return kind == Kind.READ_ONLY;
  }

  /** The subdots, by name. */
  public List<String> subdots() throws IOException, StoreException {
    List<String> found = new ArrayList<>();
    byte[] after = {};
    Inode root = acquire(rootOf(id)).orElseThrow(() -> new IOException("tree without a root"));
    try {
      while (true) {
        List<Names.Entry> entries;
        long stamp = root.lock.writeLock();
        try {
          entries = names.list(root, after);
        } finally {
          root.lock.unlockWrite(stamp);
        }
        if (entries.isEmpty()) {
          return found;
        }
        for (Names.Entry entry : entries) {
          found.add(new String(entry.name(), StandardCharsets.UTF_8));
        }
        after = entries.get(entries.size() - 1).name();
      }
    } finally {
      release(root, 1);
    }
  }

  /** The inode of a subdot's root, if there is such a subdot. */
  Optional<Inode> acquireSubdot(String name) throws IOException, StoreException {
    Inode root = acquire(rootOf(id)).orElseThrow(() -> new IOException("tree without a root"));
    try {
      long number;
      long stamp = root.lock.writeLock();
      try {
        number = names.find(root, name.getBytes(StandardCharsets.UTF_8));
      } finally {
        root.lock.unlockWrite(stamp);
      }
      return number == 0 ? Optional.empty() : acquire(number);
    } finally {
      release(root, 1);
    }
  }

  /**
   * Makes a subdot, an empty directory, if there is none of that name.
   *
   * @return whether it is new
   */
  public boolean createSubdot(String name, int permissions, Owner owner)
      throws IOException, StoreException {
    if (readOnly()) {
      throw new IllegalStateException("a subdot in a read-only tree");
    }
    Inode root = acquire(rootOf(id)).orElseThrow(() -> new IOException("tree without a root"));
    try {
      long stamp = root.lock.writeLock();
      try (MetaBatch batch = home.metadata().newBatch()) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (names.find(root, bytes) != 0) {
          return false;
        }
        java.time.Instant now = clock.instant();
        Inode inode = new Inode(allocate());
        inode.mode = FileType.DIRECTORY.modeBits() | permissions;
        inode.uid = owner.uid();
        inode.gid = owner.gid();
        inode.size = DIRECTORY_SIZE;
        inode.subdot = inode.number;
        inode.setMtime(now.getEpochSecond(), now.getNano());
        inode.setCtime(now.getEpochSecond(), now.getNano());
        inode.atimeSeconds = inode.mtimeSeconds;
        inode.atimeNanos = inode.mtimeNanos;
        inode.addLink(new Link(root.number, ByteName.of(bytes)));
        long generation = gate.enter();
        try {
          touch(root, generation, batch);
          markNew(inode, generation, batch);
          root.subdirectories++;
          putRecord(batch, root);
          putRecord(batch, inode);
          names.put(root, bytes, inode, generation, batch);
          home.metadata().sync(home.metadata().write(batch));
        } finally {
          gate.exit(generation);
        }
        return true;
      } finally {
        root.lock.unlockWrite(stamp);
      }
    } finally {
      release(root, 1);
    }
  }

  /** Bytes changed since the base commit; known without looking at files. */
  public long dirtyBytes() {
    long sum = 0;
    for (LongAdder subdot : dirtyBytes.values()) {
      sum += Math.max(0, subdot.sum());
    }
    return sum;
  }

  /** Bytes changed in one subdot. */
  public long dirtyBytes(String subdot) throws IOException, StoreException {
    Optional<Inode> root = acquireSubdot(subdot);
    if (root.isEmpty()) {
      return 0;
    }
    release(root.get(), 1);
    LongAdder adder = dirtyBytes.get(root.get().number);
    return adder == null ? 0 : Math.max(0, adder.sum());
  }

  /** Whether anything differs from the base commit, were it a name or a mode. */
  public boolean hasChanges() throws IOException {
    for (byte kindOfMark : new byte[] {Keys.MARK_INODE, Keys.MARK_NAME}) {
      try (MetaCursor cursor =
          home.metadata()
              .cursor(Table.DIRTY, Keys.marksFrom(id, kindOfMark), Keys.marksTo(id, kindOfMark))) {
        while (cursor.next()) {
          if (Keys.markedGeneration(cursor.key()) > row.committedGeneration()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Paths ({@code subdot/path}) of inodes changed since the base commit, at most {@code limit}; of
   * what was removed, the directory. O(changed).
   */
  public List<String> changedPaths(int limit) throws IOException {
    java.util.TreeSet<Long> numbers = new java.util.TreeSet<>();
    try (MetaCursor cursor =
        home.metadata()
            .cursor(
                Table.DIRTY,
                Keys.marksFrom(id, Keys.MARK_INODE),
                Keys.marksTo(id, Keys.MARK_INODE))) {
      while (cursor.next()) {
        if (Keys.markedGeneration(cursor.key()) > row.committedGeneration()) {
          numbers.add(Keys.markedInode(cursor.key()));
        }
      }
    }
    List<String> paths = new ArrayList<>();
    for (long number : numbers) {
      if (paths.size() >= limit) {
        break;
      }
      pathOf(number).ifPresent(paths::add);
    }
    return paths;
  }

  /** The path of an inode from the tree's root, without a leading slash; empty if it has none. */
  Optional<String> pathOf(long number) throws IOException {
    StringBuilder path = new StringBuilder();
    long at = number;
    while (at != rootOf(id)) {
      Optional<Inode> found = acquire(at);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Inode inode = found.get();
      Optional<Link> link;
      long stamp = inode.lock.readLock();
      try {
        link = inode.links.isEmpty() ? Optional.empty() : Optional.of(inode.links.get(0));
      } finally {
        inode.lock.unlockRead(stamp);
        release(inode, 1);
      }
      if (link.isEmpty()) {
        return Optional.empty();
      }
      if (path.length() > 0) {
        path.insert(0, '/');
      }
      path.insert(0, link.get().name());
      at = link.get().parent();
    }
    return Optional.of(path.toString());
  }

  /** Sizes of all files of the base commit plus what has become dirty: a figure for listings. */
  public long sizeBytes() throws IOException, StoreException {
    Optional<EntryContent> content = contentOf(rootOf(id));
    long base = content.isPresent() ? ((DirectoryRef) content.get()).totals().bytes() : 0;
    return Math.max(base, dirtyBytes());
  }

  /** As {@link #sizeBytes()}, of one subdot. */
  public long sizeBytes(String subdot) throws IOException, StoreException {
    Optional<Inode> root = acquireSubdot(subdot);
    if (root.isEmpty()) {
      return 0;
    }
    release(root.get(), 1);
    return Math.max(root.get().base.totals().bytes(), dirtyBytes(subdot));
  }

  /** Inodes with open descriptors through any view. */
  public List<OpenInode> openInodes() throws IOException, StoreException {
    List<OpenInode> open = new ArrayList<>();
    for (Inode inode : table.all()) {
      int opens = inode.opens.get();
      if (opens > 0) {
        String path = pathOf(inode.number).orElse("");
        int slash = path.indexOf('/');
        open.add(
            new OpenInode(
                inode.number,
                slash < 0 ? path : path.substring(0, slash),
                slash < 0 ? "" : path.substring(slash + 1),
                opens));
      }
    }
    return open;
  }

  /** A view of one subdot, for one mount. */
  public SubdotView view(String subdot) throws IOException, StoreException {
    return new SubdotView(this, subdot);
  }

  /**
   * Brings one path to what a commit has there, in O(1) whatever its size, or removes it. The
   * change is an ordinary one of the working data, and what it needs of directories above is made.
   *
   * @param path names from the subdot's root on; at least one
   * @param entry what shall be there; empty to remove it
   */
  public void restore(String subdot, List<ByteName> path, Optional<TreeEntry> entry)
      throws IOException, StoreException {
    new Restoration(this).restore(subdot, path, entry);
  }

  // ---- commits

  /** Begins a commit: waits for another one of this tree to end. */
  public void lockCommits() {
    commitLock.lock();
  }

  /** Ends what {@link #lockCommits} began. */
  public void unlockCommits() {
    commitLock.unlock();
  }

  /**
   * What {@link #freeze} gives back.
   *
   * @param pauseNanos how long the switch took
   */
  public record Frozen(FrozenTree tree, long pauseNanos) {}

  /**
   * Ends the generation at one instant, for a commit. Between {@link #lockCommits} and {@link
   * #unlockCommits}; the caller ends it with {@link #committed} or {@link #abandon}.
   */
  public Frozen freeze() throws InterruptedException {
    if (!commitLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("freeze without lockCommits");
    }
    FrozenTree frozen = new FrozenTree(this, gate.generation());
    long begin = System.nanoTime();
    underway = Optional.of(frozen);
    long ended = gate.advance();
    long pause = System.nanoTime() - begin;
    try {
      gate.awaitApplied(ended);
    } catch (InterruptedException e) {
      try {
        abandon(frozen);
      } catch (IOException | StoreException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    return new Frozen(frozen, pause);
  }

  /**
   * Moves the refs and makes {@code commit} the base, in one atomic, durable step; then lets live
   * inodes take their content from it.
   *
   * @param contents the content of every changed file and directory, by inode; {@link
   *     FrozenTree#putContent} has been written for each
   */
  public void committed(
      FrozenTree frozen, ObjectId commit, List<RefUpdate> refs, Map<Long, EntryContent> contents)
      throws IOException, StoreException {
    TreeRow next = new TreeRow(row.key(), Optional.of(commit), frozen.generation(), row.kind());
    try (MetaBatch batch = home.metadata().newBatch()) {
      batch.put(Table.TREES, Keys.number(id), next.encode());
      home.refs().updateWith(refs, batch);
    } catch (StoreException e) {
      Optional<byte[]> stored = home.metadata().get(Table.TREES, Keys.number(id));
      if (stored.isEmpty() || !TreeRow.decode(stored.get()).equals(next)) {
        abandon(frozen);
        throw e;
      }
      // It was written, though perhaps not flushed: memory has to follow.
      finish(frozen, next, contents);
      throw e;
    }
    finish(frozen, next, contents);
  }

  private void finish(FrozenTree frozen, TreeRow next, Map<Long, EntryContent> contents)
      throws IOException, StoreException {
    row = next;
    frozen.succeeded(contents);
    underway = Optional.empty();
    frozen.dispose(true);
  }

  /** Ends a commit that stores nothing: everything is as dirty as before. */
  public void abandon(FrozenTree frozen) throws IOException, StoreException {
    frozen.abandoned();
    underway = Optional.empty();
    frozen.dispose(false);
  }

  Optional<FrozenTree> underway() {
    return underway;
  }

  // ---- services inside the package

  /** The database beneath. */
  public MetaStore metadata() {
    return home.metadata();
  }

  BlockFiles blockFiles() {
    return home.blockFiles();
  }

  FileReader fileReader() {
    return fileReader;
  }

  DirectoryReader directoryReader() {
    return directoryReader;
  }

  Names names() {
    return names;
  }

  Gate gate() {
    return gate;
  }

  Clock clock() {
    return clock;
  }

  List<SubdotView> views() {
    return views;
  }

  int powerEpoch() {
    return home.powerEpoch();
  }

  long committedGeneration() {
    return row.committedGeneration();
  }

  TreeRow row() {
    return row;
  }

  void renamed(String key) throws IOException {
    commitLock.lock();
    try (MetaBatch batch = home.metadata().newBatch()) {
      TreeRow next = new TreeRow(key, row.base(), row.committedGeneration(), row.kind());
      batch.put(Table.TREES, Keys.number(id), next.encode());
      home.metadata().sync(home.metadata().write(batch));
      row = next;
    } finally {
      commitLock.unlock();
    }
  }

  /** A number that was never used. */
  long allocate() {
    synchronized (allocation) {
      if (nextInode == reservedInode) {
        long reserve = reservedInode + INODE_RESERVE;
        try (MetaBatch batch = home.metadata().newBatch()) {
          batch.put(Table.META, inodesKey(id), Keys.number(reserve));
          home.metadata().write(batch);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        reservedInode = reserve;
      }
      return id << Keys.TREE_SHIFT | nextInode++;
    }
  }

  /** Key in META of the count from which on a tree's inode numbers were never given out. */
  static byte[] inodesKey(long tree) {
    return ByteBuffer.allocate(15)
        .put("inodes/".getBytes(StandardCharsets.US_ASCII))
        .putLong(tree)
        .array();
  }

  /** What unmodified parts of an inode come from, according to the database. */
  Optional<EntryContent> contentOf(long number) throws IOException {
    return home.metadata()
        .get(Table.CONTENT, Keys.number(number))
        .flatMap(bytes -> ContentRow.decode(bytes).at(committedGeneration()));
  }

  /** Adds the inode's row to the batch. */
  void putRecord(MetaBatch batch, Inode inode) {
    batch.put(Table.INODES, Keys.number(inode.number), InodeCodec.encode(inode, home.powerEpoch()));
    inode.unsaved = false;
  }

  /**
   * Marks an inode as changed in {@code generation}; inside the gate, under the inode's write lock,
   * before the change.
   */
  void touch(Inode inode, long generation, MetaBatch batch) throws IOException {
    if (inode.generation == generation) {
      return;
    }
    Optional<FrozenTree> commit = underway;
    if (commit.isPresent()
        && commit.get().generation() < generation
        && inode.frozen.isEmpty()
        && !Gate.DISABLED) {
      commit.get().setAside(inode);
    }
    markNew(inode, generation, batch);
  }

  /**
   * An operation failed between {@link #touch} and its write, which takes the mark with it: the
   * next operation marks the inode again. Under its write lock.
   */
  void unmark(Inode inode) {
    inode.generation = 0;
  }

  /** Marks an inode that comes into being in {@code generation}; no commit under way has it. */
  void markNew(Inode inode, long generation, MetaBatch batch) {
    inode.generation = generation;
    batch.put(Table.DIRTY, Keys.inodeMark(inode.number, generation), new byte[0]);
  }

  /** The inode, with one reference for the caller; nothing if there is none of that number. */
  Optional<Inode> acquire(long number) throws IOException {
    return get(number, 1);
  }

  /** As {@link #held}, if it is in memory; else null. Allocates nothing. */
  @Nullable Inode inMemory(long number) {
    return table.find(number, 0);
  }

  /** The inode without a reference of its own: for numbers that the kernel holds on to. */
  Optional<Inode> held(long number) throws IOException {
    return get(number, 0);
  }

  private Optional<Inode> get(long number, long references) throws IOException {
    Inode known = table.find(number, references);
    if (known != null) {
      return Optional.of(known);
    }
    synchronized (loadLock(number)) {
      known = table.find(number, references);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<byte[]> bytes = home.metadata().get(Table.INODES, Keys.number(number));
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      Inode inode = new Inode(number);
      int epoch = InodeCodec.decode(bytes.get(), inode);
      // Which write was the last to concern it is not known any more.
      inode.lastWrite = home.metadata().lastWrite();
      inode.dropLimits(committedGeneration());
      if (inode.isDirectory()) {
        inode.base = contentOf(number).map(DirectoryRef.class::cast).orElse(DirectoryRef.EMPTY);
      } else if (inode.isRegular() && inode.hasBacking) {
        recoverBacking(inode, epoch);
      }
      table.insert(inode, references);
      return Optional.of(inode);
    }
  }

  /** Takes size and mtime from the backing file, if that can be trusted. */
  private void recoverBacking(Inode inode, int epoch) throws IOException {
    BlockFiles.Name name = new BlockFiles.Name(id, inode.number, 0);
    if (epoch != powerEpoch()) {
      recoverFromPowerCut(inode, name);
      return;
    }
    if (!blockFiles().exists(name)) {
      inode.hasBacking = false;
      inode.size = inode.durableSize;
      return;
    }
    BlockFile file = blockFiles().open(name);
    if (inode.truncating) {
      file.truncate(inode.size);
      inode.truncating = false;
      inode.unsaved = true;
    }
    BlockFile.Facts facts = file.facts();
    file.close();
    inode.size = facts.sizeBytes();
    Optional<EntryContent> content = contentOf(inode.number);
    if (content.isPresent()) {
      long committed = ((FileContent) content.get()).sizeBytes();
      if (inode.effectiveLimit() == Inode.NO_LIMIT) {
        inode.durableSize = Math.max(inode.durableSize, committed);
      }
      if (inode.size < committed) {
        // What lies beyond the end never counts again, whatever the row had time to say.
        inode.lowerLimit(inode.size, gate.generation());
      }
    }
    if (facts.mtimeSeconds() > inode.mtimeSeconds
        || (facts.mtimeSeconds() == inode.mtimeSeconds && facts.mtimeNanos() > inode.mtimeNanos)) {
      inode.setMtime(facts.mtimeSeconds(), facts.mtimeNanos());
      inode.setCtime(facts.mtimeSeconds(), facts.mtimeNanos());
    }
  }

  /**
   * The backing file holds what was synced and anything of the rest. A file that a commit holds is
   * as in the commit, but for cuts and growth that the row tells of and for blocks recorded as
   * safe. A cut that the row tells of and the disk may have lost is made again, and takes with it
   * what was written after it and never synced.
   */
  private void recoverFromPowerCut(Inode inode, BlockFiles.Name name) throws IOException {
    Optional<EntryContent> content = contentOf(inode.number);
    boolean there = blockFiles().exists(name);
    if (content.isEmpty()) {
      inode.hasBacking = there;
      inode.size = 0;
      if (there) {
        BlockFile file = blockFiles().open(name);
        inode.size = file.facts().sizeBytes();
        file.close();
      }
    } else {
      inode.size = inode.durableSize;
      if (inode.effectiveLimit() == Inode.NO_LIMIT) {
        inode.size = Math.max(inode.size, ((FileContent) content.get()).sizeBytes());
      }
      inode.hasBacking = there && inode.backingSynced;
      if (inode.hasBacking) {
        BlockFile file = blockFiles().open(name);
        if (inode.cutUnsynced) {
          file.truncate(inode.durableSize);
        }
        long safeEnd = FileBytes.safeEnd(this, inode.number);
        inode.size = Math.max(inode.size, Math.min(file.facts().sizeBytes(), safeEnd));
        file.truncate(inode.size);
        file.close();
      }
    }
    inode.truncating = false;
    inode.cutUnsynced &= inode.hasBacking;
    inode.durableSize = inode.size;
    try (MetaBatch batch = home.metadata().newBatch()) {
      putRecord(batch, inode);
      home.metadata().write(batch);
    }
  }

  private Object loadLock(long number) {
    return loadLocks[(int) number & (LOAD_LOCKS - 1)];
  }

  /** Puts a new inode in memory. */
  void insert(Inode inode, long references) {
    table.insert(inode, references);
  }

  /** One more reference to an inode that the caller holds on to in some way. */
  void retain(Inode inode) {
    table.find(inode.number, 1);
  }

  /** Gives references back; the last one may take the inode out of memory or out of existence. */
  void release(Inode inode, long count) {
    if (!table.release(inode, count)) {
      return;
    }
    synchronized (loadLock(inode.number)) {
      if (!table.unreferenced(inode)) {
        return;
      }
      long stamp = inode.lock.tryWriteLock();
      if (stamp == 0) {
        // Somebody uses it through a number alone; whoever gives it back last comes here again.
        return;
      }
      try {
        leave(inode);
      } catch (IOException e) {
        LOG.error("inode {} stays in memory: {}", inode.number, e.toString());
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  private void leave(Inode inode) throws IOException {
    boolean orphan = inode.links.isEmpty() && inode.number != rootOf(id);
    if (orphan) {
      Optional<FileBytes> bytes =
          inode.isRegular() ? Optional.of(bytesOf(inode)) : Optional.empty();
      if (!table.removeIfUnreferenced(inode)) {
        return;
      }
      try (MetaBatch batch = home.metadata().newBatch()) {
        deleteInodeRows(inode.number, batch);
        if (inode.isDirectory()) {
          batch.deleteRange(Table.NAMES, Keys.number(inode.number), Keys.number(inode.number + 1));
        }
        home.metadata().write(batch);
      }
      if (bytes.isPresent()) {
        bytes.get().destroy();
      }
      return;
    }
    if (inode.unsaved) {
      try (MetaBatch batch = home.metadata().newBatch()) {
        putRecord(batch, inode);
        home.metadata().write(batch);
      }
    }
    if (table.removeIfUnreferenced(inode)) {
      inode.bytes.ifPresent(FileBytes::close);
    }
  }

  /** The content state of a regular file; under its write lock. */
  FileBytes bytesOf(Inode inode) throws IOException {
    if (inode.bytes.isEmpty()) {
      inode.bytes = Optional.of(FileBytes.load(this, inode));
    }
    return inode.bytes.get();
  }

  /** As {@link #bytesOf}, by a caller without the inode's lock. */
  FileBytes loadedBytes(Inode inode) throws IOException {
    long stamp = inode.lock.readLock();
    try {
      if (inode.bytes.isPresent()) {
        return inode.bytes.get();
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    stamp = inode.lock.writeLock();
    try {
      return bytesOf(inode);
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  /** Makes the name of an inode's backing file durable. */
  void syncBackingName(long number) throws IOException {
    blockFiles().syncName(new BlockFiles.Name(id, number, 0));
  }

  /**
   * Refuses what may need space before the disk is full, since the database must never meet that.
   *
   * @throws FileSystemException ENOSPC
   */
  void checkSpace() throws FileSystemException {
    if (blockFiles().freeBytes() < SPACE_FLOOR_BYTES) {
      throw FileSystemException.of(Errno.ENOSPC);
    }
  }

  void addDirtyBytes(long subdot, long delta) {
    if (delta != 0) {
      dirtyBytes.computeIfAbsent(subdot, s -> new LongAdder()).add(delta);
    }
  }

  /** Whether no view shows it and nobody refers to an inode of it. */
  boolean isUnused() {
    return views.isEmpty() && table.all().isEmpty();
  }

  /** Writes what only memory knows to the database; before a clean stop. */
  void save() throws IOException {
    try (MetaBatch batch = home.metadata().newBatch()) {
      for (Inode inode : table.all()) {
        long stamp = inode.lock.writeLock();
        try {
          if (inode.unsaved) {
            putRecord(batch, inode);
          }
          inode.bytes.ifPresent(FileBytes::close);
        } finally {
          inode.lock.unlockWrite(stamp);
        }
      }
      if (!batch.isEmpty()) {
        home.metadata().write(batch);
      }
    }
  }
}
