package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.directory.DirectoryCursor;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The names in directories: rows of the overlay over the base directory of a commit.
 *
 * <p>NAMES row: inode number (8) and type bits (1); inode number 0 is a whiteout, which hides a
 * name of the base. A name of the base gets its inode number, and thereby a row, when somebody
 * first looks at it.
 */
final class Names {
  private static final int LIST_BATCH = 128;

  private final WorkingTree tree;

  private final MoreNames more;

  Names(WorkingTree tree) {
    this.tree = tree;
    this.more = new MoreNames(tree.metadata());
  }

  /** The names of inodes, the other way round. */
  MoreNames more() {
    return more;
  }

  /**
   * One entry of a directory.
   *
   * @param inode its inode number
   * @param type type bits of the mode, {@code mode >> 12}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; the array goes on to the kernel
  record Entry(byte[] name, long inode, int type) {}

  /** The row of a name that leads to {@code inode}. */
  static byte[] row(Inode inode) {
    byte[] row = new byte[9];
    Keys.put(row, 0, inode.number);
    row[8] = (byte) inode.typeBits();
    return row;
  }

  private static byte[] whiteout() {
    return new byte[9];
  }

  /** The inode number of a name, or 0 if there is none. The directory's write lock is held. */
  long find(Inode directory, byte[] name) throws IOException, StoreException {
    Optional<byte[]> row = tree.metadata().find(Table.NAMES, Keys.name(directory.number, name));
    if (row.isPresent()) {
      return Keys.get(row.get(), 0);
    }
    if (directory.base.root().isEmpty()) {
      return 0;
    }
    Optional<TreeEntry> entry = tree.directoryReader().find(directory.base, ByteName.of(name));
    if (entry.isEmpty()) {
      return 0;
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long number = instantiate(directory, entry.get(), batch).inode();
      tree.metadata().write(batch);
      return number;
    }
  }

  /**
   * The inode number of a name: 0 if there is none, -1 if {@link #find} has to be asked under the
   * write lock. The directory's read lock is held.
   */
  long peek(Inode directory, byte[] name) throws IOException {
    Optional<byte[]> row = tree.metadata().find(Table.NAMES, Keys.name(directory.number, name));
    if (row.isPresent()) {
      return Keys.get(row.get(), 0);
    }
    return directory.base.root().isEmpty() ? 0 : -1;
  }

  /** Whether the base directory has the name. */
  private boolean inBase(Inode directory, byte[] name) throws StoreException {
    return directory.base.root().isPresent()
        && tree.directoryReader().find(directory.base, ByteName.of(name)).isPresent();
  }

  /**
   * Gives an entry of the base an inode number. Its rows say nothing new, so this is no change of
   * the tree and belongs to no generation. The directory's write lock is held.
   */
  private Entry instantiate(Inode directory, TreeEntry entry, MetaBatch batch) throws IOException {
    byte[] name = entry.name().toBytes();
    if (entry.attributes().linkGroup().isPresent()) {
      byte[] linkKey = Keys.link(directory.subdot, entry.attributes().linkGroup().get());
      Optional<byte[]> known = tree.metadata().find(Table.LINKS, linkKey);
      if (known.isPresent()) {
        return addKnownLink(directory, entry, Keys.get(known.get(), 0), batch);
      }
    }
    Inode inode = fromEntry(directory, entry);
    batch.put(Table.NAMES, Keys.name(directory.number, name), row(inode));
    putNew(inode, entry, batch);
    return new Entry(name, inode.number, inode.typeBits());
  }

  private Entry addKnownLink(Inode directory, TreeEntry entry, long number, MetaBatch batch)
      throws IOException {
    Inode inode =
        tree.inodes()
            .acquire(number)
            .orElseThrow(() -> new IOException("inode " + number + " of a link group is missing"));
    try {
      long stamp = inode.lock.writeLock();
      try {
        more.add(inode, new Link(directory.number, entry.name()), batch);
        inode.bytes.ifPresent(FileBytes::linkFound);
        tree.inodes().put(batch, inode);
      } finally {
        inode.lock.unlockWrite(stamp);
      }
      byte[] name = entry.name().toBytes();
      batch.put(Table.NAMES, Keys.name(directory.number, name), row(inode));
      return new Entry(name, number, inode.typeBits());
    } finally {
      tree.inodes().release(inode, 1);
    }
  }

  /**
   * Gives every hard-linked name of a subdot's base its inode, once, so that link counts are right
   * and a change through one name shows under all. Visits directories with such names alone.
   */
  void resolveLinks(Inode subdotRoot) throws IOException, StoreException {
    byte[] done = Keys.link(subdotRoot.number, new LinkGroup(new UUID(0, 0)));
    if (subdotRoot.base.totals().linkedNames() == 0
        || tree.metadata().find(Table.LINKS, done).isPresent()) {
      return;
    }
    Deque<Long> directories = new ArrayDeque<>(List.of(subdotRoot.number));
    while (!directories.isEmpty()) {
      Optional<Inode> found = tree.inodes().acquire(directories.remove());
      if (found.isPresent()) {
        long stamp = found.get().lock.writeLock();
        try {
          resolveLinks(found.get(), directories);
        } finally {
          found.get().lock.unlockWrite(stamp);
          tree.inodes().release(found.get(), 1);
        }
      }
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      batch.put(Table.LINKS, done, new byte[0]);
      tree.metadata().write(batch);
    }
  }

  private void resolveLinks(Inode directory, Deque<Long> directories)
      throws IOException, StoreException {
    DirectoryCursor entries = tree.directoryReader().entries(directory.base);
    for (Optional<TreeEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
      TreeEntry entry = next.get();
      if (entry.attributes().linkGroup().isPresent()) {
        find(directory, entry.name().toBytes());
      } else if (entry.content() instanceof DirectoryRef children
          && children.totals().linkedNames() > 0) {
        long number = find(directory, entry.name().toBytes());
        if (number != 0) {
          directories.add(number);
        }
      }
    }
  }

  /** An inode in memory alone, for an entry of a commit. */
  Inode fromEntry(Inode directory, TreeEntry entry) {
    Inode inode = new Inode(tree.inodes().allocate());
    inode.setAttributes(entry.attributes());
    inode.subdot = directory.subdot == 0 ? inode.number : directory.subdot;
    MoreNames.first(inode, new Link(directory.number, entry.name()));
    if (entry.content() instanceof FileContent file) {
      inode.size = file.sizeBytes();
    } else if (entry.content() instanceof DirectoryRef children) {
      inode.size = WorkingTree.DIRECTORY_SIZE;
      inode.base = children;
      inode.subdirectories = (int) children.counts().subdirectories();
    } else if (entry.content() instanceof SymlinkTarget symlink) {
      inode.target = symlink.target().toBytes();
      inode.size = inode.target.length;
    }
    return inode;
  }

  /** Adds the rows of a new inode with the content of a commit's entry. */
  void putNew(Inode inode, TreeEntry entry, MetaBatch batch) {
    tree.inodes().put(batch, inode);
    if (entry.content() instanceof FileContent || entry.content() instanceof DirectoryRef) {
      batch.put(Table.CONTENT, Keys.number(inode.number), ContentRow.of(entry.content()).encode());
    }
    if (inode.group.isPresent()) {
      batch.put(Table.LINKS, Keys.link(inode.subdot, inode.group.get()), Keys.number(inode.number));
    }
  }

  /** Adds the change that {@code name} leads to {@code inode}. */
  void put(Inode directory, byte[] name, Inode inode, long generation, MetaBatch batch) {
    batch.put(Table.NAMES, Keys.name(directory.number, name), row(inode));
    batch.put(
        Table.DIRTY, Keys.nameMark(directory.number, generation, name), Keys.number(inode.number));
  }

  /** Adds the change that {@code name} is gone. */
  void remove(Inode directory, byte[] name, long generation, MetaBatch batch)
      throws StoreException {
    byte[] key = Keys.name(directory.number, name);
    // While a commit is under way, the name may be in the base that comes out of it.
    if (tree.generations().underway().isPresent() || inBase(directory, name)) {
      batch.put(Table.NAMES, key, whiteout());
    } else {
      batch.delete(Table.NAMES, key);
    }
    batch.put(Table.DIRTY, Keys.nameMark(directory.number, generation, name), Keys.number(0));
  }

  /** Takes a name off an inode, which is an orphan if it was the last. Under its write lock. */
  void unlinked(Inode inode, Link link, MetaBatch batch) throws IOException {
    Optional<FileBytes> bytes =
        inode.isRegular() ? Optional.of(tree.inodes().bytesOf(inode)) : Optional.empty();
    more.remove(inode, link, batch);
    bytes.ifPresent(FileBytes::noteDirtyBytes);
    changedStatus(inode);
    if (!inode.isNamed()) {
      batch.put(Table.ORPHANS, Keys.number(inode.number), new byte[0]);
      if (inode.group.isPresent()) {
        batch.delete(Table.LINKS, Keys.link(inode.subdot, inode.group.get()));
      }
    }
    tree.inodes().put(batch, inode);
  }

  /** Deletes a whiteout that hides nothing any more. */
  void dropWhiteout(Link link) throws IOException, StoreException {
    Optional<Inode> directory = tree.inodes().acquire(link.parent());
    if (directory.isEmpty()) {
      return;
    }
    Inode inode = directory.get();
    try {
      long stamp = inode.lock.writeLock();
      try {
        byte[] name = link.name().toBytes();
        byte[] key = Keys.name(inode.number, name);
        Optional<byte[]> row = tree.metadata().find(Table.NAMES, key);
        if (row.isPresent()
            && Keys.get(row.get(), 0) == 0
            && tree.generations().underway().isEmpty()
            && !inBase(inode, name)) {
          try (MetaBatch batch = tree.metadata().newBatch()) {
            batch.delete(Table.NAMES, key);
            tree.metadata().write(batch);
          }
        }
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    } finally {
      tree.inodes().release(inode, 1);
    }
  }

  /**
   * The entries behind {@code after} (empty: all) in order of their names, at most {@link
   * #LIST_BATCH}. The directory's write lock is held if it has a base, else at least its read lock.
   */
  List<Entry> list(Inode directory, byte[] after) throws IOException, StoreException {
    List<Entry> found = new ArrayList<>();
    byte[] from =
        after.length == 0
            ? Keys.number(directory.number)
            : Keys.behindName(directory.number, after);
    byte[] to = Keys.number(directory.number + 1);
    try (MetaCursor rows = tree.metadata().cursor(Table.NAMES, from, to);
        MetaBatch batch = tree.metadata().newBatch()) {
      Optional<DirectoryCursor> base =
          directory.base.root().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  tree.directoryReader().entriesAfter(directory.base, ByteName.of(after)));
      Optional<TreeEntry> entry = base.isPresent() ? base.get().next() : Optional.empty();
      boolean row = rows.next();
      while (found.size() < LIST_BATCH && (row || entry.isPresent())) {
        int order = -1;
        byte[] rowName = {};
        if (row) {
          rowName = Keys.nameOf(rows.key());
          order = entry.isEmpty() ? -1 : -entry.get().name().compareTo(rowName, 0, rowName.length);
        } else {
          order = 1;
        }
        if (order > 0) {
          TreeEntry next = entry.orElseThrow();
          found.add(instantiate(directory, next, batch));
          if (next.attributes().linkGroup().isPresent()) {
            // The next name of the group has to find this one.
            tree.metadata().write(batch);
          }
          entry = base.orElseThrow().next();
          continue;
        }
        byte[] value = rows.value();
        long number = Keys.get(value, 0);
        if (number != 0) {
          found.add(new Entry(rowName, number, value[8]));
        }
        if (order == 0) {
          entry = base.orElseThrow().next();
        }
        row = rows.next();
      }
      if (!batch.isEmpty()) {
        tree.metadata().write(batch);
      }
    }
    return found;
  }

  /** Whether the directory has no entry. Its write lock is held. */
  boolean isEmpty(Inode directory) throws IOException, StoreException {
    return list(directory, new byte[0]).isEmpty();
  }

  /** Counts subdirectories, where nobody knows. The directory's write lock is held. */
  private int countSubdirectories(Inode directory) throws IOException, StoreException {
    int count = 0;
    byte[] after = {};
    while (true) {
      List<Entry> entries = list(directory, after);
      for (Entry entry : entries) {
        if (entry.type() == FileType.DIRECTORY.modeBits() >>> 12) {
          count++;
        }
      }
      if (entries.size() < LIST_BATCH) {
        return count;
      }
      after = entries.get(entries.size() - 1).name();
    }
  }

  /** The path of an inode from the tree's root, without a leading slash; empty if it has none. */
  Optional<String> pathOf(long number) throws IOException {
    StringBuilder path = new StringBuilder();
    long at = number;
    while (at != tree.rootNumber()) {
      Optional<Inode> found = tree.inodes().acquire(at);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Inode inode = found.get();
      Optional<Link> link;
      long stamp = inode.lock.readLock();
      try {
        link = more.any(inode);
      } finally {
        inode.lock.unlockRead(stamp);
        tree.inodes().release(inode, 1);
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

  /** Counts a directory's subdirectories if nobody has yet. Its write lock is held. */
  void ensureCounted(Inode directory) throws IOException, StoreException {
    if (directory.subdirectories < 0) {
      directory.subdirectories = countSubdirectories(directory);
    }
  }

  /** The directory's entries change now. */
  void changed(Inode directory) {
    Instant now = tree.clock().instant();
    directory.setMtime(now.getEpochSecond(), now.getNano());
    directory.setCtime(now.getEpochSecond(), now.getNano());
  }

  /** The inode's names or attributes change now. */
  void changedStatus(Inode inode) {
    Instant now = tree.clock().instant();
    inode.setCtime(now.getEpochSecond(), now.getNano());
  }

  static boolean isDots(byte[] name) {
    return Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'});
  }
}
