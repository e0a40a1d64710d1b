package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Works out from the marks by how many bytes the files below a directory differ from its base, a
 * file counting once for each of its names. O(changed). For one thread; exact while nobody changes
 * anything.
 */
final class SizeChange {
  private final WorkingTree tree;
  private final long below;

  /** Whether a directory is {@link #below} or leads up to it. */
  private final Map<Long, Boolean> inside = new HashMap<>();

  /** Names that changed and lead to files that a commit holds. */
  private final Set<Link> changedNames = new HashSet<>();

  private final Map<Long, Long> bySubdot = new HashMap<>();

  private SizeChange(WorkingTree tree, long below) {
    this.tree = tree;
    this.below = below;
  }

  /** The differences below a directory, by subdot. */
  static Map<Long, Long> below(WorkingTree tree, long directory)
      throws IOException, StoreException {
    SizeChange change = new SizeChange(tree, directory);
    change.addNames();
    change.addFiles();
    return change.bySubdot;
  }

  private void addNames() throws IOException, StoreException {
    try (MetaCursor marks = tree.differences().marks(Keys.MARK_NAME)) {
      long directory = 0;
      TreeSet<ByteName> names = new TreeSet<>();
      while (marks.next()) {
        byte[] key = marks.key();
        if (tree.generations().isUncommitted(Keys.markedGeneration(key))) {
          if (Keys.markedInode(key) != directory) {
            addNames(directory, names);
            directory = Keys.markedInode(key);
            names.clear();
          }
          names.add(ByteName.of(Keys.markedName(key)));
        }
      }
      addNames(directory, names);
    }
  }

  private void addNames(long number, Set<ByteName> names) throws IOException, StoreException {
    // The names of subdots say nothing of what is in them.
    if (names.isEmpty() || number == tree.rootNumber() || !isInside(number)) {
      return;
    }
    Optional<Inode> directory = tree.inodes().acquire(number);
    if (directory.isEmpty()) {
      return;
    }
    Inode inode = directory.get();
    try {
      long change = 0;
      for (ByteName name : names) {
        change += bytesNow(number, name) - bytesInBase(inode, name);
      }
      bySubdot.merge(inode.subdot, change, Long::sum);
    } finally {
      tree.inodes().release(inode, 1);
    }
  }

  private long bytesInBase(Inode directory, ByteName name) throws StoreException {
    if (directory.base.root().isEmpty()) {
      return 0;
    }
    Optional<TreeEntry> entry = tree.directoryReader().find(directory.base, name);
    return entry.isPresent() ? bytesOf(entry.get().content()) : 0;
  }

  static long bytesOf(EntryContent content) {
    if (content instanceof FileContent file) {
      return file.sizeBytes();
    }
    return content instanceof DirectoryRef directory ? directory.totals().bytes() : 0;
  }

  private long bytesNow(long directory, ByteName name) throws IOException {
    Optional<byte[]> row = tree.metadata().get(Table.NAMES, Keys.name(directory, name.toBytes()));
    Optional<Inode> target =
        row.isPresent() && Keys.get(row.get(), 0) != 0
            ? tree.inodes().acquire(Keys.get(row.get(), 0))
            : Optional.empty();
    if (target.isEmpty()) {
      return 0;
    }
    Inode inode = target.get();
    try {
      if (inode.isRegular() && tree.contentOf(inode.number).isPresent()) {
        changedNames.add(new Link(directory, name));
      }
      if (inode.isDirectory()) {
        return inode.base.totals().bytes();
      }
      return inode.isRegular() ? inode.size : 0;
    } finally {
      tree.inodes().release(inode, 1);
    }
  }

  /** Files that changed under names that did not. */
  private void addFiles() throws IOException {
    for (long number : tree.differences().inodes()) {
      Optional<Inode> found = tree.inodes().acquire(number);
      if (found.isPresent()) {
        Inode inode = found.get();
        try {
          Optional<EntryContent> content =
              inode.isRegular() ? tree.contentOf(number) : Optional.empty();
          if (content.isPresent()) {
            long change = inode.size - bytesOf(content.get());
            for (Link link : tree.names().more().all(inode)) {
              if (!changedNames.contains(link) && isInside(link.parent())) {
                bySubdot.merge(inode.subdot, change, Long::sum);
              }
            }
          }
        } finally {
          tree.inodes().release(inode, 1);
        }
      }
    }
  }

  private boolean isInside(long directory) throws IOException {
    if (directory == below) {
      return true;
    }
    Boolean known = inside.get(directory);
    if (known != null) {
      return known;
    }
    Optional<Inode> found = tree.inodes().acquire(directory);
    boolean is = false;
    if (found.isPresent()) {
      Inode inode = found.get();
      long parent;
      try {
        parent = inode.links.isEmpty() ? 0 : inode.links.get(0).parent();
      } finally {
        tree.inodes().release(inode, 1);
      }
      is = parent != 0 && isInside(parent);
    }
    inside.put(directory, is);
    return is;
  }
}
