package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EEXIST;
import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EISDIR;
import static io.dotfs.fusefs.vfs.Errno.ENAMETOOLONG;
import static io.dotfs.fusefs.vfs.Errno.ENOENT;
import static io.dotfs.fusefs.vfs.Errno.ENOTDIR;
import static io.dotfs.fusefs.vfs.Errno.ENOTEMPTY;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Renaming: takes the locks of both directories and of what the names lead to, enters the gate and
 * applies itself in one atomic batch.
 */
final class RenameOps {
  private static final int NOREPLACE = 1;
  private static final int EXCHANGE = 2;

  private final WorkingTree tree;
  private final Names names;
  private final NameOps lookups;
  private final FileOps files;

  RenameOps(WorkingTree tree, NameOps lookups, FileOps files) {
    this.tree = tree;
    this.names = tree.names();
    this.lookups = lookups;
    this.files = files;
  }

  void rename(Inode from, byte[] name, Inode to, byte[] newName, int flags)
      throws FileSystemException, IOException, StoreException {
    if ((flags & ~(NOREPLACE | EXCHANGE)) != 0 || flags == (NOREPLACE | EXCHANGE)) {
      throw FileSystemException.of(EINVAL);
    }
    if (name.length > TreeEntry.MAX_NAME_BYTES || newName.length > TreeEntry.MAX_NAME_BYTES) {
      throw FileSystemException.of(ENAMETOOLONG);
    }
    tree.checkSpace();
    if (flags == 0) {
      syncBeforeReplacing(from, name, to, newName);
    }
    if (from == to) {
      long stamp = from.lock.writeLock();
      try {
        NameOps.checkDirectory(from);
        renameLocked(from, name, to, newName, flags, List.of(), List.of());
      } finally {
        from.lock.unlockWrite(stamp);
      }
      return;
    }
    tree.renameLock.lock();
    try {
      List<Long> aboveFrom = ancestors(from);
      List<Long> aboveTo = ancestors(to);
      boolean fromFirst =
          aboveTo.contains(from.number)
              || (!aboveFrom.contains(to.number) && from.number < to.number);
      Inode first = fromFirst ? from : to;
      Inode second = fromFirst ? to : from;
      long firstStamp = first.lock.writeLock();
      try {
        long secondStamp = second.lock.writeLock();
        try {
          NameOps.checkDirectory(from);
          NameOps.checkDirectory(to);
          renameLocked(from, name, to, newName, flags, aboveFrom, aboveTo);
        } finally {
          second.lock.unlockWrite(secondStamp);
        }
      } finally {
        first.lock.unlockWrite(firstStamp);
      }
    } finally {
      tree.renameLock.unlock();
    }
  }

  /** What replaces a file has its data on the disk first, as programs that replace files expect. */
  private void syncBeforeReplacing(Inode from, byte[] name, Inode to, byte[] newName)
      throws FileSystemException, IOException, StoreException {
    Optional<Inode> replaced = lookups.lookup(to, newName);
    if (replaced.isEmpty()) {
      return;
    }
    tree.inodes().release(replaced.get(), 1);
    Optional<Inode> source = lookups.lookup(from, name);
    if (source.isPresent()) {
      try {
        if (source.get().isRegular() && source.get() != replaced.get()) {
          files.syncData(source.get());
        }
      } finally {
        tree.inodes().release(source.get(), 1);
      }
    }
  }

  /** A directory's number and those above it; stable under the rename lock. */
  private List<Long> ancestors(Inode directory) throws IOException {
    List<Long> numbers = new ArrayList<>();
    long at = directory.number;
    while (at != 0) {
      numbers.add(at);
      Optional<Inode> found = tree.inodes().acquire(at);
      if (found.isEmpty()) {
        break;
      }
      Inode inode = found.get();
      long stamp = inode.lock.readLock();
      try {
        at = inode.links.isEmpty() ? 0 : inode.links.get(0).parent();
      } finally {
        inode.lock.unlockRead(stamp);
        tree.inodes().release(inode, 1);
      }
    }
    return numbers;
  }

  private void renameLocked(
      Inode from,
      byte[] name,
      Inode to,
      byte[] newName,
      int flags,
      List<Long> aboveFrom,
      List<Long> aboveTo)
      throws FileSystemException, IOException, StoreException {
    long sourceNumber = names.find(from, name);
    long targetNumber = names.find(to, newName);
    if (sourceNumber == 0 || (flags == EXCHANGE && targetNumber == 0)) {
      throw FileSystemException.of(ENOENT);
    }
    if (flags == NOREPLACE && targetNumber != 0) {
      throw FileSystemException.of(EEXIST);
    }
    if (sourceNumber == targetNumber) {
      return;
    }
    if (aboveTo.contains(sourceNumber)) {
      throw FileSystemException.of(EINVAL);
    }
    if (aboveFrom.contains(targetNumber)) {
      throw FileSystemException.of(flags == EXCHANGE ? EINVAL : ENOTEMPTY);
    }
    Inode source =
        tree.inodes().acquire(sourceNumber).orElseThrow(() -> FileSystemException.of(ENOENT));
    try {
      Optional<Inode> target =
          targetNumber == 0 ? Optional.empty() : tree.inodes().acquire(targetNumber);
      try {
        lockChildren(from, name, to, newName, flags, source, target);
      } finally {
        target.ifPresent(inode -> tree.inodes().release(inode, 1));
      }
    } finally {
      tree.inodes().release(source, 1);
    }
  }

  private void lockChildren(
      Inode from,
      byte[] name,
      Inode to,
      byte[] newName,
      int flags,
      Inode source,
      Optional<Inode> target)
      throws FileSystemException, IOException, StoreException {
    Inode first = source;
    Optional<Inode> second = target;
    if (target.isPresent() && before(target.get(), source)) {
      first = target.get();
      second = Optional.of(source);
    }
    long firstStamp = first.lock.writeLock();
    try {
      long secondStamp = second.isPresent() ? second.get().lock.writeLock() : 0;
      try {
        if (flags == EXCHANGE) {
          exchange(from, name, to, newName, source, target.orElseThrow());
        } else {
          if (target.isPresent()) {
            checkReplaceable(source, target.get());
          }
          move(from, name, to, newName, source, target);
        }
      } finally {
        if (second.isPresent()) {
          second.get().lock.unlockWrite(secondStamp);
        }
      }
    } finally {
      first.lock.unlockWrite(firstStamp);
    }
  }

  /** Lock order of what names lead to: directories, then the rest, each by number. */
  private static boolean before(Inode one, Inode other) {
    if (one.isDirectory() != other.isDirectory()) {
      return one.isDirectory();
    }
    return one.number < other.number;
  }

  private void checkReplaceable(Inode source, Inode target)
      throws FileSystemException, IOException, StoreException {
    if (source.isDirectory() && !target.isDirectory()) {
      throw FileSystemException.of(ENOTDIR);
    }
    if (!source.isDirectory() && target.isDirectory()) {
      throw FileSystemException.of(EISDIR);
    }
    if (target.isDirectory() && !names.isEmpty(target)) {
      throw FileSystemException.of(ENOTEMPTY);
    }
  }

  private void move(
      Inode from, byte[] name, Inode to, byte[] newName, Inode source, Optional<Inode> target)
      throws IOException, StoreException {
    if (source.isDirectory()) {
      names.ensureCounted(from);
      names.ensureCounted(to);
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        names.remove(from, name, generation, batch);
        touchAll(generation, batch, from, to, source);
        if (target.isPresent()) {
          tree.generations().touch(target.get(), generation, batch);
          names.unlinked(target.get(), new Link(to.number, ByteName.of(newName)), batch);
        }
        if (source.isDirectory()) {
          from.subdirectories--;
          to.subdirectories += target.isPresent() ? 0 : 1;
        }
        names.more().remove(source, new Link(from.number, ByteName.of(name)), batch);
        names.more().add(source, new Link(to.number, ByteName.of(newName)), batch);
        names.changedStatus(source);
        names.changed(from);
        names.changed(to);
        names.put(to, newName, source, generation, batch);
        putRecords(batch, from, to, source);
        long write = tree.metadata().write(batch);
        from.lastWrite = write;
        to.lastWrite = write;
        source.lastWrite = write;
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  private void exchange(
      Inode from, byte[] name, Inode to, byte[] newName, Inode source, Inode target)
      throws IOException, StoreException {
    names.ensureCounted(from);
    names.ensureCounted(to);
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        touchAll(generation, batch, from, to, source);
        tree.generations().touch(target, generation, batch);
        int moved = (source.isDirectory() ? 1 : 0) - (target.isDirectory() ? 1 : 0);
        from.subdirectories -= moved;
        to.subdirectories += moved;
        Link here = new Link(from.number, ByteName.of(name));
        Link there = new Link(to.number, ByteName.of(newName));
        names.more().remove(source, here, batch);
        names.more().add(source, there, batch);
        names.more().remove(target, there, batch);
        names.more().add(target, here, batch);
        names.changedStatus(source);
        names.changedStatus(target);
        names.changed(from);
        names.changed(to);
        names.put(from, name, target, generation, batch);
        names.put(to, newName, source, generation, batch);
        putRecords(batch, from, to, source);
        tree.inodes().put(batch, target);
        long write = tree.metadata().write(batch);
        for (Inode inode : List.of(from, to, source, target)) {
          inode.lastWrite = write;
        }
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  private void touchAll(long generation, MetaBatch batch, Inode from, Inode to, Inode source)
      throws IOException {
    tree.generations().touch(from, generation, batch);
    tree.generations().touch(to, generation, batch);
    tree.generations().touch(source, generation, batch);
  }

  private void putRecords(MetaBatch batch, Inode from, Inode to, Inode source) {
    tree.inodes().put(batch, from);
    if (to != from) {
      tree.inodes().put(batch, to);
    }
    tree.inodes().put(batch, source);
  }
}
