package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EEXIST;
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
import io.dotfs.objectstore.object.Xattrs;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The operations on names, but for {@link RenameOps renaming}. Each takes its inode locks
 * (directories from the top down, then what they name), enters the gate and applies itself in one
 * atomic batch.
 */
final class NameOps {
  private static final int S_ISGID = 02000;

  private final WorkingTree tree;
  private final Names names;

  NameOps(WorkingTree tree) {
    this.tree = tree;
    this.names = tree.names();
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

  /** Fails unless entries can be made in it. */
  static void checkDirectory(Inode directory) throws FileSystemException {
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
        return tree.inodes().acquire(number);
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
      return number == 0 ? Optional.empty() : tree.inodes().acquire(number);
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
      MoreNames.first(inode, new Link(parent.number, ByteName.of(name)));
      if (inode.isDirectory()) {
        names.ensureCounted(parent);
      }
      long generation = tree.gate().enter();
      try {
        tree.generations().touch(parent, generation, batch);
        tree.generations().markNew(inode, generation, batch);
        if (inode.isDirectory()) {
          parent.subdirectories++;
        }
        names.changed(parent);
        tree.inodes().put(batch, parent);
        tree.inodes().put(batch, inode);
        names.put(parent, name, inode, generation, batch);
        written(tree.metadata().write(batch), parent, inode);
        tree.inodes().insert(inode, 1);
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
        tree.generations().markNew(inode, generation, batch);
        tree.inodes().put(batch, inode);
        batch.put(Table.ORPHANS, Keys.number(inode.number), new byte[0]);
        inode.lastWrite = tree.metadata().write(batch);
        tree.inodes().insert(inode, 1);
      } finally {
        tree.gate().exit(generation);
      }
      return inode;
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  private Inode newInode(RequestContext context, Inode parent, int mode, int rdev, int umask)
      throws FileSystemException {
    Inode inode = new Inode(tree.inodes().allocate());
    FileType type = FileType.ofMode(mode);
    inode.mode = type == FileType.SYMLINK ? type.modeBits() | 0777 : mode & ~umask;
    if (type != FileType.SYMLINK && !parent.xattrs.isEmpty()) {
      inheritAcl(parent, inode, mode);
    }
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

  /** A default list of the directory goes before the umask. */
  private static void inheritAcl(Inode parent, Inode inode, int mode) throws FileSystemException {
    Optional<ByteName> value = parent.xattrs.get(PosixAcl.DEFAULT);
    Optional<PosixAcl> acl =
        value.isPresent() ? PosixAcl.parse(value.get().toBytes()) : Optional.empty();
    if (acl.isEmpty()) {
      return;
    }
    PosixAcl.Inherited inherited = acl.get().inheritedBy(mode);
    inode.mode = inherited.mode();
    TreeMap<ByteName, ByteName> values = new TreeMap<>();
    inherited.access().ifPresent(access -> values.put(PosixAcl.ACCESS, access.encode()));
    if (inode.isDirectory()) {
      values.put(PosixAcl.DEFAULT, value.get());
    }
    inode.xattrs = Xattrs.of(values);
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
        Optional<FileBytes> bytes =
            inode.isRegular() ? Optional.of(tree.inodes().bytesOf(inode)) : Optional.empty();
        if (inode.nameCount() >= Inode.MAX_LINKS) {
          throw FileSystemException.of(EMLINK);
        }
        long generation = tree.gate().enter();
        try {
          tree.generations().touch(parent, generation, batch);
          tree.generations().touch(inode, generation, batch);
          if (!inode.isNamed()) {
            batch.delete(Table.ORPHANS, Keys.number(inode.number));
          } else if (inode.group.isEmpty()) {
            inode.group = Optional.of(new LinkGroup(UUID.randomUUID()));
            batch.put(
                Table.LINKS, Keys.link(inode.subdot, inode.group.get()), Keys.number(inode.number));
          }
          names.more().add(inode, new Link(parent.number, ByteName.of(name)), batch);
          bytes.ifPresent(FileBytes::noteDirtyBytes);
          names.changedStatus(inode);
          names.changed(parent);
          tree.inodes().put(batch, parent);
          tree.inodes().put(batch, inode);
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
      Optional<Inode> found = number == 0 ? Optional.empty() : tree.inodes().acquire(number);
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
        tree.inodes().release(inode, 1);
      }
    } finally {
      parent.lock.unlockWrite(stamp);
    }
  }

  private void remove(Inode parent, byte[] name, Inode inode) throws IOException, StoreException {
    if (inode.isDirectory()) {
      names.ensureCounted(parent);
    }
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      try {
        // What can fail comes first.
        names.remove(parent, name, generation, batch);
        tree.generations().touch(parent, generation, batch);
        tree.generations().touch(inode, generation, batch);
        if (inode.isDirectory()) {
          parent.subdirectories--;
        }
        names.changed(parent);
        names.unlinked(inode, new Link(parent.number, ByteName.of(name)), batch);
        tree.inodes().put(batch, parent);
        written(tree.metadata().write(batch), parent, inode);
      } finally {
        tree.gate().exit(generation);
      }
    }
  }
}
