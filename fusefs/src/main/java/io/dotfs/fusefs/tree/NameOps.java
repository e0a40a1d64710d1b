package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EEXIST;
import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EISDIR;
import static io.dotfs.fusefs.vfs.Errno.EMLINK;
import static io.dotfs.fusefs.vfs.Errno.ENAMETOOLONG;
import static io.dotfs.fusefs.vfs.Errno.ENOENT;
import static io.dotfs.fusefs.vfs.Errno.ENOTDIR;
import static io.dotfs.fusefs.vfs.Errno.ENOTEMPTY;
import static io.dotfs.fusefs.vfs.Errno.EPERM;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.LinkGroup;
import io.dotfs.objectstore.object.SymlinkTarget;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The operations that change names. Each takes its inode locks (directories from the top down, then
 * what they name), enters the gate and applies itself in one atomic batch.
 */
final class NameOps {
  private static final int S_ISGID = 02000;
  private static final int NOREPLACE = 1;
  private static final int EXCHANGE = 2;

  private final WorkingTree tree;
  private final Names names;
  private final FileOps files;

  NameOps(WorkingTree tree, FileOps files) {
    this.tree = tree;
    this.names = tree.names();
    this.files = files;
  }

  static void checkName(byte[] name) throws FileSystemException {
    if (name.length > TreeEntry.MAX_NAME_BYTES) {
      throw FileSystemException.of(ENAMETOOLONG);
    }
    if (name.length == 0) {
      throw FileSystemException.of(ENOENT);
    }
    if (Names.isDots(name)) {
      throw FileSystemException.of(EEXIST);
    }
  }

  private static void checkDirectory(Inode directory) throws FileSystemException {
    if (!directory.isDirectory()) {
      throw FileSystemException.of(ENOTDIR);
    }
    if (directory.links.isEmpty()) {
      throw FileSystemException.of(ENOENT);
    }
  }

  /** Finds a name; the inode comes with a reference for the caller. */
  Optional<Inode> lookup(Inode directory, byte[] name)
      throws FileSystemException, IOException, StoreException {
    if (name.length > TreeEntry.MAX_NAME_BYTES) {
      throw FileSystemException.of(ENAMETOOLONG);
    }
    long number;
    long stamp = directory.lock.readLock();
    try {
      if (!directory.isDirectory()) {
        throw FileSystemException.of(ENOTDIR);
      }
      number = names.peek(directory, name);
      if (number > 0) {
        return tree.acquire(number);
      }
    } finally {
      directory.lock.unlockRead(stamp);
    }
    if (number == 0) {
      return Optional.empty();
    }
    stamp = directory.lock.writeLock();
    try {
      number = names.find(directory, name);
      return number == 0 ? Optional.empty() : tree.acquire(number);
    } finally {
      directory.lock.unlockWrite(stamp);
    }
  }

  /**
   * Makes an inode with a name.
   *
   * @param mode type and permissions, before {@code umask}
   * @param target of a symlink, else empty
   * @return the inode, with a reference for the caller
   */
  Inode create(
      RequestContext context,
      Inode parent,
      byte[] name,
      int mode,
      int rdev,
      int umask,
      byte[] target)
      throws FileSystemException, IOException, StoreException {
    checkName(name);
    if (target.length > SymlinkTarget.MAX_BYTES) {
      throw FileSystemException.of(ENAMETOOLONG);
    }
    tree.checkSpace();
    long stamp = parent.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      checkDirectory(parent);
      if (names.find(parent, name) != 0) {
        throw FileSystemException.of(EEXIST);
      }
      Inode inode = newInode(context, parent, mode, rdev, umask);
      if (target.length > 0) {
        inode.target = target.clone();
        inode.size = target.length;
      }
      inode.addLink(new Link(parent.number, ByteName.of(name)));
      if (inode.isDirectory()) {
        countSubdirectories(parent);
      }
      long generation = tree.gate().enter();
      try {
        tree.touch(parent, generation, batch);
        tree.markNew(inode, generation, batch);
        if (inode.isDirectory()) {
          parent.subdirectories++;
        }
        changed(parent);
        tree.putRecord(batch, parent);
        tree.putRecord(batch, inode);
        names.put(parent, name, inode, generation, batch);
        written(tree.metadata().write(batch), parent, inode);
        tree.insert(inode, 1);
      } finally {
        tree.gate().exit(generation);
      }
      return inode;
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  private static void written(long write, Inode one, Inode other) {
    one.lastWrite = write;
    other.lastWrite = write;
  }

  /** A regular file without a name; gone when it is closed without having got one. */
  Inode tmpfile(RequestContext context, Inode parent, int mode, int umask)
      throws FileSystemException, IOException {
    tree.checkSpace();
    long stamp = parent.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      checkDirectory(parent);
      Inode inode =
          newInode(context, parent, FileType.REGULAR.modeBits() | (mode & 07777), 0, umask);
      long generation = tree.gate().enter();
      try {
        tree.markNew(inode, generation, batch);
        tree.putRecord(batch, inode);
        batch.put(Table.ORPHANS, Keys.number(inode.number), new byte[0]);
        inode.lastWrite = tree.metadata().write(batch);
        tree.insert(inode, 1);
      } finally {
        tree.gate().exit(generation);
      }
      return inode;
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  private Inode newInode(RequestContext context, Inode parent, int mode, int rdev, int umask) {
    Inode inode = new Inode(tree.allocate());
    FileType type = FileType.ofMode(mode);
    inode.mode = type == FileType.SYMLINK ? type.modeBits() | 0777 : mode & ~umask;
    inode.uid = context.uid();
    inode.gid = context.gid();
    if ((parent.mode & S_ISGID) != 0) {
      inode.gid = parent.gid;
      if (type == FileType.DIRECTORY) {
        inode.mode |= S_ISGID;
      }
    }
    inode.rdev = type.isDevice() ? rdev : 0;
    inode.subdot = parent.subdot;
    Instant now = tree.clock().instant();
    inode.setMtime(now.getEpochSecond(), now.getNano());
    inode.setCtime(now.getEpochSecond(), now.getNano());
    inode.atimeSeconds = inode.mtimeSeconds;
    inode.atimeNanos = inode.mtimeNanos;
    if (type == FileType.DIRECTORY) {
      inode.size = WorkingTree.DIRECTORY_SIZE;
    } else if (type == FileType.REGULAR) {
      inode.bytes = Optional.of(FileBytes.created(tree, inode));
    }
    return inode;
  }

  private void countSubdirectories(Inode directory) throws IOException, StoreException {
    if (directory.subdirectories < 0) {
      directory.subdirectories = names.countSubdirectories(directory);
    }
  }

  /** The directory's entries change now. */
  private void changed(Inode directory) {
    Instant now = tree.clock().instant();
    directory.setMtime(now.getEpochSecond(), now.getNano());
    directory.setCtime(now.getEpochSecond(), now.getNano());
  }

  private void changedStatus(Inode inode) {
    Instant now = tree.clock().instant();
    inode.setCtime(now.getEpochSecond(), now.getNano());
  }

  void link(Inode inode, Inode parent, byte[] name)
      throws FileSystemException, IOException, StoreException {
    checkName(name);
    tree.checkSpace();
    long stamp = parent.lock.writeLock();
    try {
      checkDirectory(parent);
      if (inode.isDirectory()) {
        throw FileSystemException.of(EPERM);
      }
      long inodeStamp = inode.lock.writeLock();
      try (MetaBatch batch = tree.metadata().newBatch()) {
        if (names.find(parent, name) != 0) {
          throw FileSystemException.of(EEXIST);
        }
        if (inode.links.size() >= Inode.MAX_LINKS) {
          throw FileSystemException.of(EMLINK);
        }
        long generation = tree.gate().enter();
        try {
          tree.touch(parent, generation, batch);
          tree.touch(inode, generation, batch);
          if (inode.links.isEmpty()) {
            batch.delete(Table.ORPHANS, Keys.number(inode.number));
          } else if (inode.group.isEmpty()) {
            inode.group = Optional.of(new LinkGroup(UUID.randomUUID()));
            batch.put(
                Table.LINKS, Keys.link(inode.subdot, inode.group.get()), Keys.number(inode.number));
          }
          inode.addLink(new Link(parent.number, ByteName.of(name)));
          if (inode.isRegular()) {
            tree.bytesOf(inode).noteDirtyBytes();
          }
          changedStatus(inode);
          changed(parent);
          tree.putRecord(batch, parent);
          tree.putRecord(batch, inode);
          names.put(parent, name, inode, generation, batch);
          written(tree.metadata().write(batch), parent, inode);
        } finally {
          tree.gate().exit(generation);
        }
      } finally {
        inode.lock.unlockWrite(inodeStamp);
      }
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  /**
   * Removes a name.
   *
   * @param directory whether it has to be a directory's (rmdir) or anything else's (unlink)
   * @return the inode's number
   */
  long remove(Inode parent, byte[] name, boolean directory)
      throws FileSystemException, IOException, StoreException {
    if (name.length > TreeEntry.MAX_NAME_BYTES) {
      throw FileSystemException.of(ENAMETOOLONG);
    }
    long stamp = parent.lock.writeLock();
    try {
      long number = names.find(parent, name);
      Optional<Inode> found = number == 0 ? Optional.empty() : tree.acquire(number);
      if (found.isEmpty()) {
        throw FileSystemException.of(ENOENT);
      }
      Inode inode = found.get();
      try {
        long inodeStamp = inode.lock.writeLock();
        try {
          if (inode.isDirectory() != directory) {
            throw FileSystemException.of(directory ? ENOTDIR : EISDIR);
          }
          if (directory && !names.isEmpty(inode)) {
            throw FileSystemException.of(ENOTEMPTY);
          }
          remove(parent, name, inode);
          return number;
        } finally {
          inode.lock.unlockWrite(inodeStamp);
        }
      } finally {
        tree.release(inode, 1);
      }
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  private void remove(Inode parent, byte[] name, Inode inode) throws IOException, StoreException {
    if (inode.isDirectory()) {
      countSubdirectories(parent);
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        // What can fail comes first.
        names.remove(parent, name, generation, batch);
        tree.touch(parent, generation, batch);
        tree.touch(inode, generation, batch);
        if (inode.isDirectory()) {
          parent.subdirectories--;
        }
        changed(parent);
        unlinked(inode, new Link(parent.number, ByteName.of(name)), batch);
        tree.putRecord(batch, parent);
        written(tree.metadata().write(batch), parent, inode);
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  /** Takes a name off an inode, which is an orphan if it was the last. */
  private void unlinked(Inode inode, Link link, MetaBatch batch) throws IOException {
    Optional<FileBytes> bytes =
        inode.isRegular() ? Optional.of(tree.bytesOf(inode)) : Optional.empty();
    inode.removeLink(link);
    bytes.ifPresent(FileBytes::noteDirtyBytes);
    changedStatus(inode);
    if (inode.links.isEmpty()) {
      batch.put(Table.ORPHANS, Keys.number(inode.number), new byte[0]);
      if (inode.group.isPresent()) {
        batch.delete(Table.LINKS, Keys.link(inode.subdot, inode.group.get()));
      }
    }
    tree.putRecord(batch, inode);
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
        checkDirectory(from);
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
          checkDirectory(from);
          checkDirectory(to);
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
    Optional<Inode> replaced = lookup(to, newName);
    if (replaced.isEmpty()) {
      return;
    }
    tree.release(replaced.get(), 1);
    Optional<Inode> source = lookup(from, name);
    if (source.isPresent()) {
      try {
        if (source.get().isRegular() && source.get() != replaced.get()) {
          files.syncData(source.get());
        }
      } finally {
        tree.release(source.get(), 1);
      }
    }
  }

  /** A directory's number and those above it; stable under the rename lock. */
  private List<Long> ancestors(Inode directory) throws IOException {
    List<Long> numbers = new ArrayList<>();
    long at = directory.number;
    while (at != 0) {
      numbers.add(at);
      Optional<Inode> found = tree.acquire(at);
      if (found.isEmpty()) {
        break;
      }
      Inode inode = found.get();
      long stamp = inode.lock.readLock();
      try {
        at = inode.links.isEmpty() ? 0 : inode.links.get(0).parent();
      } finally {
        inode.lock.unlockRead(stamp);
        tree.release(inode, 1);
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
    Inode source = tree.acquire(sourceNumber).orElseThrow(() -> FileSystemException.of(ENOENT));
    try {
      Optional<Inode> target = targetNumber == 0 ? Optional.empty() : tree.acquire(targetNumber);
      try {
        lockChildren(from, name, to, newName, flags, source, target);
      } finally {
        target.ifPresent(inode -> tree.release(inode, 1));
      }
    } finally {
      tree.release(source, 1);
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
      countSubdirectories(from);
      countSubdirectories(to);
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        names.remove(from, name, generation, batch);
        touchAll(generation, batch, from, to, source);
        if (target.isPresent()) {
          tree.touch(target.get(), generation, batch);
          unlinked(target.get(), new Link(to.number, ByteName.of(newName)), batch);
        }
        if (source.isDirectory()) {
          from.subdirectories--;
          to.subdirectories += target.isPresent() ? 0 : 1;
        }
        source.removeLink(new Link(from.number, ByteName.of(name)));
        source.addLink(new Link(to.number, ByteName.of(newName)));
        changedStatus(source);
        changed(from);
        changed(to);
        names.put(to, newName, source, generation, batch);
        putRecords(batch, from, to, source);
        long write = tree.metadata().write(batch);
        written(write, from, to);
        source.lastWrite = write;
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  private void exchange(
      Inode from, byte[] name, Inode to, byte[] newName, Inode source, Inode target)
      throws IOException, StoreException {
    countSubdirectories(from);
    countSubdirectories(to);
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        touchAll(generation, batch, from, to, source);
        tree.touch(target, generation, batch);
        int moved = (source.isDirectory() ? 1 : 0) - (target.isDirectory() ? 1 : 0);
        from.subdirectories -= moved;
        to.subdirectories += moved;
        Link here = new Link(from.number, ByteName.of(name));
        Link there = new Link(to.number, ByteName.of(newName));
        source.removeLink(here);
        source.addLink(there);
        target.removeLink(there);
        target.addLink(here);
        changedStatus(source);
        changedStatus(target);
        changed(from);
        changed(to);
        names.put(from, name, target, generation, batch);
        names.put(to, newName, source, generation, batch);
        putRecords(batch, from, to, source);
        tree.putRecord(batch, target);
        long write = tree.metadata().write(batch);
        written(write, from, to);
        written(write, source, target);
      } finally {
        tree.gate().exit(generation);
      }
    }
  }

  private void touchAll(long generation, MetaBatch batch, Inode from, Inode to, Inode source)
      throws IOException {
    tree.touch(from, generation, batch);
    tree.touch(to, generation, batch);
    tree.touch(source, generation, batch);
  }

  private void putRecords(MetaBatch batch, Inode from, Inode to, Inode source) {
    tree.putRecord(batch, from);
    if (to != from) {
      tree.putRecord(batch, to);
    }
    tree.putRecord(batch, source);
  }
}
