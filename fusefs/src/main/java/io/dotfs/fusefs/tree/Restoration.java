package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Mtime;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Brings single paths back from a commit: the name gets a new inode over the commit's content. What
 * was there is an orphan until it is closed.
 */
final class Restoration {
  private final WorkingTree tree;
  private final Names names;

  Restoration(WorkingTree tree) {
    this.tree = tree;
    this.names = tree.names();
  }

  void restore(String subdot, List<ByteName> path, Optional<TreeEntry> entry)
      throws IOException, StoreException {
    if (path.isEmpty() || tree.readOnly()) {
      throw new IllegalArgumentException("a path below the root of a writable tree");
    }
    Inode at = tree.acquireSubdot(subdot).orElseThrow(() -> new IOException("no subdot " + subdot));
    try {
      for (int i = 0; i < path.size() - 1; i++) {
        Optional<Inode> next = step(at, path.get(i), entry.isPresent());
        if (next.isEmpty()) {
          return;
        }
        tree.inodes().release(at, 1);
        at = next.get();
      }
      replace(at, path.get(path.size() - 1), entry);
    } finally {
      tree.inodes().release(at, 1);
    }
  }

  private Optional<Inode> step(Inode directory, ByteName name, boolean make)
      throws IOException, StoreException {
    long stamp = directory.lock.writeLock();
    try {
      long number = names.find(directory, name.toBytes());
      if (number != 0) {
        Optional<Inode> found = tree.inodes().acquire(number);
        if (found.isPresent() && found.get().isDirectory()) {
          return found;
        }
        found.ifPresent(inode -> tree.inodes().release(inode, 1));
        if (make) {
          throw new IOException(name + " is in the way: not a directory");
        }
        return Optional.empty();
      }
    } finally {
      directory.lock.unlockWrite(stamp);
    }
    if (!make) {
      return Optional.empty();
    }
    Instant now = tree.clock().instant();
    Attributes attributes =
        Attributes.of(
            FileType.DIRECTORY,
            0755,
            new Owner(directory.uid, directory.gid),
            new Mtime(now.getEpochSecond(), now.getNano()));
    replace(directory, name, Optional.of(new TreeEntry(name, attributes, DirectoryRef.EMPTY)));
    return step(directory, name, false);
  }

  private void replace(Inode directory, ByteName name, Optional<TreeEntry> entry)
      throws IOException, StoreException {
    byte[] bytes = name.toBytes();
    long stamp = directory.lock.writeLock();
    try {
      names.ensureCounted(directory);
      long number = names.find(directory, bytes);
      Optional<Inode> old = number == 0 ? Optional.empty() : tree.inodes().acquire(number);
      try {
        if (old.isEmpty() && entry.isEmpty()) {
          return;
        }
        long oldStamp = old.isPresent() ? old.get().lock.writeLock() : 0;
        try {
          Optional<Inode> replaced = old;
          tree.retention()
              .<IOException>admit(
                  entry.flatMap(Restoration::root).stream().toList(),
                  () -> apply(directory, bytes, replaced, entry));
        } finally {
          if (old.isPresent()) {
            old.get().lock.unlockWrite(oldStamp);
          }
        }
      } finally {
        old.ifPresent(inode -> tree.inodes().release(inode, 1));
      }
    } finally {
      directory.lock.unlockWrite(stamp);
    }
    for (SubdotView view : tree.views()) {
      view.changedOutside(directory, bytes);
    }
  }

  /** What a commit's entry comes from; a tree that has it needs it. */
  private static Optional<ObjectId> root(TreeEntry entry) {
    if (entry.content() instanceof FileContent file) {
      return file.root();
    }
    return entry.content() instanceof DirectoryRef directory ? directory.root() : Optional.empty();
  }

  private void apply(Inode directory, byte[] name, Optional<Inode> old, Optional<TreeEntry> entry)
      throws IOException, StoreException {
    ByteName byteName = ByteName.of(name);
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        tree.generations().touch(directory, generation, batch);
        if (old.isPresent()) {
          Inode gone = old.get();
          tree.generations().touch(gone, generation, batch);
          names.unlinked(gone, new Link(directory.number, byteName), batch);
          if (gone.isDirectory()) {
            directory.subdirectories--;
            tree.differences().addGrowth(directory.subdot, generation, -bytesBelow(gone));
          }
        }
        names.changed(directory);
        if (entry.isPresent()) {
          // A file of its own: other names of the commit's file stay what they are.
          TreeEntry renamed =
              new TreeEntry(
                  byteName,
                  entry.get().attributes().withLinkGroup(Optional.empty()),
                  entry.get().content());
          Inode inode = names.fromEntry(directory, renamed);
          tree.generations().markNew(inode, generation, batch);
          names.putNew(inode, renamed, batch);
          names.put(directory, name, inode, generation, batch);
          directory.subdirectories += inode.isDirectory() ? 1 : 0;
          tree.differences()
              .addGrowth(directory.subdot, generation, SizeChange.bytesOf(renamed.content()));
        } else {
          names.remove(directory, name, generation, batch);
        }
        tree.inodes().put(batch, directory);
        directory.lastWrite = tree.metadata().write(batch);
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  /** Bytes of the files in a directory that is going. */
  private long bytesBelow(Inode directory) throws IOException, StoreException {
    long change =
        SizeChange.below(tree, directory.number).values().stream().mapToLong(Long::longValue).sum();
    return directory.base.totals().bytes() + change;
  }
}
