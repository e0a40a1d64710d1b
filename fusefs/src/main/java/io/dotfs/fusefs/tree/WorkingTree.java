package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.freeze.Gate;
import io.dotfs.fusefs.overlay.BlockFiles;
import io.dotfs.fusefs.overlay.DiskSpace;
import io.dotfs.fusefs.overlay.Home;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaRefStore;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.PendingDeletions;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.directory.DirectoryReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.TreeEntry;
import io.dotfs.objectstore.store.Retention;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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

  static final long DIRECTORY_SIZE = 4096;

  /** Free space below which nothing is accepted that needs more. */
  static final long SPACE_FLOOR_BYTES = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(WorkingTree.class);
  private static final long FULL_REPORT_NANOS = 10_000_000_000L;
  private static final AtomicLong fullReportedAt =
      new AtomicLong(System.nanoTime() - FULL_REPORT_NANOS - 1);

  /** Numbers below are kept for what every tree has. */
  static final long FIRST_INODE = 16;

  private static final long ROOT = 1;

  private final Home home;
  private final long id;
  private final Clock clock;
  private final Retention retention;
  private final FileReader fileReader;
  private final DirectoryReader directoryReader;
  private final Generations generations;
  private final Inodes inodes;
  private final Names names;
  private final Differences differences;
  private final List<SubdotView> views = new CopyOnWriteArrayList<>();

  /** Held while a directory moves to another parent. */
  final ReentrantLock renameLock = new ReentrantLock();

  WorkingTree(
      Home home,
      long id,
      TreeRow row,
      long firstGeneration,
      long firstInode,
      int inodeRoom,
      Clock clock) {
    this.home = home;
    this.id = id;
    this.clock = clock;
    this.retention = home.objects().retention();
    this.fileReader = new FileReader(home.objects());
    this.directoryReader = new DirectoryReader(home.objects());
    this.generations = new Generations(this, row, firstGeneration);
    this.inodes = new Inodes(this, firstInode, inodeRoom);
    this.names = new Names(this);
    this.differences = new Differences(this);
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
    Inode root = new Inode(rootInode(id));
    root.mode = FileType.DIRECTORY.modeBits() | 0755;
    root.size = DIRECTORY_SIZE;
    Instant now = clock.instant();
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
    return tree << Keys.TREE_SHIFT | ROOT;
  }

  /** As {@link #rootInode}, of this tree. */
  long rootNumber() {
    return rootInode(id);
  }

  /** Deletes all rows of a tree. */
  static void deleteRows(long id, MetaBatch batch) {
    byte[] from = Keys.number(id << Keys.TREE_SHIFT);
    byte[] to = Keys.number((id + 1) << Keys.TREE_SHIFT);
    for (Table inodeTable :
        List.of(
            Table.INODES,
            Table.NAMES,
            Table.MORE_NAMES,
            Table.LINKS,
            Table.BLOCKS,
            Table.CONTENT,
            Table.ORPHANS)) {
      batch.deleteRange(inodeTable, from, to);
    }
    batch.deleteRange(Table.DIRTY, Keys.number(id), Keys.number(id + 1));
    batch.delete(Table.TREES, Keys.number(id));
    batch.delete(Table.META, Inodes.reserveKey(id));
  }

  /**
   * After a stop of whatever kind: removes inodes that were only open, and accounts for what is
   * dirty. O(changed).
   */
  void recover() throws IOException {
    List<byte[]> leftovers = new ArrayList<>();
    byte[] from = Keys.number(id << Keys.TREE_SHIFT);
    byte[] to = Keys.number((id + 1) << Keys.TREE_SHIFT);
    try (MetaCursor cursor = metadata().cursor(Table.ORPHANS, from, to)) {
      while (cursor.next()) {
        leftovers.add(cursor.key());
      }
    }
    for (byte[] key : leftovers) {
      removeLeftover(key);
    }
    for (long g = committedGeneration(); g <= gate().generation(); g++) {
      blockFiles().delete(new BlockFiles.Name(id, 0, g));
    }
    differences.recover();
  }

  private void removeLeftover(byte[] key) throws IOException {
    long number = Keys.get(key, 0);
    try (MetaBatch batch = metadata().newBatch()) {
      batch.delete(Table.ORPHANS, key);
      if (key.length > 8) {
        blockFiles().delete(new BlockFiles.Name(id, number, Keys.get(key, 8)));
      } else {
        Inodes.deleteRows(number, batch);
        blockFiles().delete(new BlockFiles.Name(id, number, 0));
      }
      metadata().write(batch);
    }
  }

  /** Key in ORPHANS of a backing file without an inode, or that a commit has taken over. */
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
    return generations.row().key();
  }

  /** The commit that it is based on; none before the first. */
  public Optional<ObjectId> base() {
    return generations.row().base();
  }

  public Kind kind() {
    return generations.row().kind();
  }

  /** Whether every change is refused (EROFS). */
  public boolean readOnly() {
    return kind() == Kind.READ_ONLY;
  }

  /** The subdots, by name. */
  public List<String> subdots() throws IOException, StoreException {
    List<String> found = new ArrayList<>();
    byte[] after = {};
    Inode root = acquireRoot();
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
      inodes.release(root, 1);
    }
  }

  private Inode acquireRoot() throws IOException {
    return inodes.acquire(rootNumber()).orElseThrow(() -> new IOException("tree without a root"));
  }

  /** The inode of a subdot's root, if there is such a subdot. */
  Optional<Inode> acquireSubdot(String name) throws IOException, StoreException {
    Inode root = acquireRoot();
    try {
      long number;
      long stamp = root.lock.writeLock();
      try {
        number = names.find(root, name.getBytes(StandardCharsets.UTF_8));
      } finally {
        root.lock.unlockWrite(stamp);
      }
      return number == 0 ? Optional.empty() : inodes.acquire(number);
    } finally {
      inodes.release(root, 1);
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
    Inode root = acquireRoot();
    try {
      long stamp = root.lock.writeLock();
      try (MetaBatch batch = metadata().newBatch()) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (names.find(root, bytes) != 0) {
          return false;
        }
        Instant now = clock.instant();
        Inode inode = new Inode(inodes.allocate());
        inode.mode = FileType.DIRECTORY.modeBits() | permissions;
        inode.uid = owner.uid();
        inode.gid = owner.gid();
        inode.size = DIRECTORY_SIZE;
        inode.subdot = inode.number;
        inode.setMtime(now.getEpochSecond(), now.getNano());
        inode.setCtime(now.getEpochSecond(), now.getNano());
        inode.atimeSeconds = inode.mtimeSeconds;
        inode.atimeNanos = inode.mtimeNanos;
        MoreNames.first(inode, new Link(root.number, ByteName.of(bytes)));
        long generation = gate().enter();
        try {
          generations.touch(root, generation, batch);
          generations.markNew(inode, generation, batch);
          root.subdirectories++;
          inodes.put(batch, root);
          inodes.put(batch, inode);
          names.put(root, bytes, inode, generation, batch);
          metadata().sync(metadata().write(batch));
        } finally {
          gate().exit(generation);
        }
        return true;
      } finally {
        root.lock.unlockWrite(stamp);
      }
    } finally {
      inodes.release(root, 1);
    }
  }

  /** Bytes changed since the base commit; known without looking at files. */
  public long dirtyBytes() {
    return differences.dirtyBytes();
  }

  /** Bytes changed in one subdot. */
  public long dirtyBytes(String subdot) throws IOException, StoreException {
    Optional<Inode> root = acquireSubdot(subdot);
    if (root.isEmpty()) {
      return 0;
    }
    inodes.release(root.get(), 1);
    return differences.dirtyBytes(root.get().number);
  }

  /** Whether anything differs from the base commit, were it a name or a mode. */
  public boolean hasChanges() throws IOException {
    return differences.any();
  }

  /**
   * Paths ({@code subdot/path}) of inodes changed since the base commit, at most {@code limit}; of
   * what was removed, the directory. O(changed).
   */
  public List<String> changedPaths(int limit) throws IOException {
    return differences.paths(limit);
  }

  /** Bytes of all files as they stand, a file counting once for each of its names. */
  public long sizeBytes() throws IOException, StoreException {
    long sum = 0;
    for (String subdot : subdots()) {
      sum += sizeBytes(subdot);
    }
    return sum;
  }

  /** As {@link #sizeBytes()}, of one subdot; known without looking at files. */
  public long sizeBytes(String subdot) throws IOException, StoreException {
    Optional<Inode> root = acquireSubdot(subdot);
    if (root.isEmpty()) {
      return 0;
    }
    Inode inode = root.get();
    try {
      return Math.max(0, inode.base.totals().bytes() + differences.growth(inode.number));
    } finally {
      inodes.release(inode, 1);
    }
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

  /** Its generations, by which it is committed. */
  public Generations generations() {
    return generations;
  }

  // ---- services inside the package

  /** The database beneath. */
  public MetaStore metadata() {
    return home.metadata();
  }

  BlockFiles blockFiles() {
    return home.blockFiles();
  }

  PendingDeletions deletions() {
    return home.deletions();
  }

  MetaRefStore refs() {
    return home.refs();
  }

  int powerEpoch() {
    return home.powerEpoch();
  }

  FileReader fileReader() {
    return fileReader;
  }

  Retention retention() {
    return retention;
  }

  DirectoryReader directoryReader() {
    return directoryReader;
  }

  Clock clock() {
    return clock;
  }

  Gate gate() {
    return generations.gate();
  }

  Inodes inodes() {
    return inodes;
  }

  Names names() {
    return names;
  }

  Differences differences() {
    return differences;
  }

  List<SubdotView> views() {
    return views;
  }

  long committedGeneration() {
    return generations.row().committedGeneration();
  }

  /** What unmodified parts of an inode come from, according to the database. */
  Optional<EntryContent> contentOf(long number) throws IOException {
    return metadata()
        .find(Table.CONTENT, Keys.number(number))
        .flatMap(bytes -> ContentRow.decode(bytes).at(committedGeneration()));
  }

  /**
   * Refuses what may need space before the disk is full, since the database must never meet that.
   *
   * @throws FileSystemException ENOSPC
   */
  void checkSpace() throws FileSystemException, IOException {
    DiskSpace space = blockFiles().space();
    if (space.freeBytes() >= SPACE_FLOOR_BYTES) {
      return;
    }
    if (!deletions().isEmpty()) {
      deletions().settle();
    }
    long freeBytes = space.freeBytesNow();
    if (freeBytes >= SPACE_FLOOR_BYTES) {
      return;
    }
    long now = System.nanoTime();
    if (now - fullReportedAt.get() > FULL_REPORT_NANOS) {
      fullReportedAt.set(now);
      LOG.warn(
          "the disk is full: {} bytes are free; below {}, nothing is taken that needs more",
          freeBytes,
          SPACE_FLOOR_BYTES);
    }
    throw FileSystemException.of(Errno.ENOSPC);
  }

  /** Whether no view shows it and nobody refers to an inode of it. */
  boolean isUnused() {
    return isShownNowhere() && !inodes.inUse();
  }

  /** Whether no view shows it and no commit of it is under way. */
  boolean isShownNowhere() {
    return views.isEmpty() && generations.underway().isEmpty();
  }
}
