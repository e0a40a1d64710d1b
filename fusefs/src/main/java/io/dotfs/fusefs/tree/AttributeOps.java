package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EACCES;
import static io.dotfs.fusefs.vfs.Errno.EEXIST;
import static io.dotfs.fusefs.vfs.Errno.ENODATA;
import static io.dotfs.fusefs.vfs.Errno.ENOSPC;
import static io.dotfs.fusefs.vfs.Errno.EOPNOTSUPP;
import static io.dotfs.fusefs.vfs.Errno.ERANGE;

import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations on attributes, plain and extended. */
final class AttributeOps {
  private static final int CREATE = 1;
  private static final int REPLACE = 2;
  private static final int S_ISGID = 02000;
  private static final Logger LOG = LoggerFactory.getLogger(AttributeOps.class);

  /** The classes of xattr(7) that are kept; of {@code system}, {@link PosixAcl}s alone. */
  private static final List<byte[]> CLASSES =
      List.of(ascii("user."), ascii("trusted."), ascii("security."));

  private static final byte[] TRUSTED = CLASSES.get(1);

  private final WorkingTree tree;
  private final FileOps files;

  AttributeOps(WorkingTree tree, FileOps files) {
    this.tree = tree;
    this.files = files;
  }

  void set(Inode inode, AttributeChange change)
      throws FileSystemException, IOException, StoreException {
    if (change.has(AttributeChange.SIZE)) {
      FileOps.checkSize(inode, change.size);
      if (change.size > inode.size) {
        tree.checkSpace();
      }
    }
    long stamp = inode.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      long generation = tree.gate().enter();
      boolean done = false;
      try {
        tree.generations().touch(inode, generation, batch);
        apply(inode, change, generation, batch);
        tree.inodes().put(batch, inode);
        inode.lastWrite = tree.metadata().write(batch);
        done = true;
      } finally {
        if (!done) {
          files.failed(inode);
        }
        tree.gate().exit(generation);
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }

  private void apply(Inode inode, AttributeChange change, long generation, MetaBatch batch)
      throws IOException {
    Instant now = tree.clock().instant();
    if (change.has(AttributeChange.MODE)) {
      inode.mode = (inode.mode & FileType.MODE_MASK) | (change.mode & 07777);
      carryModeToAcl(inode);
    }
    boolean chown = false;
    if (change.has(AttributeChange.UID)) {
      inode.uid = change.uid;
      chown = true;
    }
    if (change.has(AttributeChange.GID)) {
      inode.gid = change.gid;
      chown = true;
    }
    if ((chown && !change.has(AttributeChange.MODE) && !inode.isDirectory())
        || change.has(AttributeChange.KILL_SUIDGID)) {
      FileOps.clearSetIdBits(inode);
    }
    boolean mtimeSet = false;
    if (change.has(AttributeChange.SIZE)) {
      files.truncate(inode, generation, batch, change.size);
      inode.setMtime(now.getEpochSecond(), now.getNano());
      mtimeSet = true;
    }
    if (change.has(AttributeChange.ATIME_NOW)) {
      inode.atimeSeconds = now.getEpochSecond();
      inode.atimeNanos = now.getNano();
    } else if (change.has(AttributeChange.ATIME)) {
      inode.atimeSeconds = change.atimeSeconds;
      inode.atimeNanos = change.atimeNanos;
    }
    if (change.has(AttributeChange.MTIME_NOW)) {
      inode.setMtime(now.getEpochSecond(), now.getNano());
      mtimeSet = true;
    } else if (change.has(AttributeChange.MTIME)) {
      inode.setMtime(change.mtimeSeconds, change.mtimeNanos);
      mtimeSet = true;
    }
    if (mtimeSet && inode.isRegular()) {
      tree.inodes().bytesOf(inode).setMtime(inode.mtimeSeconds, inode.mtimeNanos);
    }
    inode.setCtime(now.getEpochSecond(), now.getNano());
  }

  /** A list goes on showing in the mode: its mask, or else its group, has the group's bits. */
  private static void carryModeToAcl(Inode inode) {
    Optional<ByteName> value = inode.xattrs.get(PosixAcl.ACCESS);
    if (value.isPresent()) {
      try {
        Optional<PosixAcl> acl = PosixAcl.parse(value.get().toBytes());
        if (acl.isPresent()) {
          TreeMap<ByteName, ByteName> values = new TreeMap<>(inode.xattrs.values());
          values.put(PosixAcl.ACCESS, acl.get().withMode(inode.mode).encode());
          inode.xattrs = Xattrs.of(values);
        }
      } catch (FileSystemException e) {
        LOG.warn("inode {} came with a list that is none: {}", inode.number, e.getMessage());
      }
    }
  }

  byte[] xattr(Inode inode, byte[] name) throws FileSystemException {
    long stamp = inode.lock.readLock();
    try {
      return inode.xattr(name).orElseThrow(() -> FileSystemException.of(ENODATA)).toBytes();
    } finally {
      inode.lock.unlockRead(stamp);
    }
  }

  /**
   * The names, each with a NUL after it.
   *
   * @param privileged whether the caller may see those of class {@code trusted}: the kernel does
   *     not take them out of the list, as it refuses to read them
   */
  byte[] xattrNames(Inode inode, boolean privileged) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    long stamp = inode.lock.readLock();
    try {
      for (ByteName name : inode.xattrs.values().keySet()) {
        byte[] bytes = name.toBytes();
        if (privileged || !isOfClass(bytes, TRUSTED)) {
          names.writeBytes(bytes);
          names.write(0);
        }
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    return names.toByteArray();
  }

  void setXattr(Inode inode, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException, IOException {
    if (name.length > Xattrs.MAX_NAME_BYTES || name.length == 0) {
      throw FileSystemException.of(ERANGE);
    }
    if (value.length > Xattrs.MAX_VALUE_BYTES) {
      throw FileSystemException.of(Errno.E2BIG);
    }
    tree.checkSpace();
    ByteName attribute = ByteName.of(name);
    if (isAcl(attribute)) {
      setAcl(inode, attribute, PosixAcl.parse(value), killSgid);
      return;
    }
    if (CLASSES.stream().noneMatch(known -> isOfClass(name, known))) {
      throw FileSystemException.of(EOPNOTSUPP);
    }
    changeXattrs(
        inode,
        values -> {
          boolean present = values.containsKey(attribute);
          if ((flags & CREATE) != 0 && present) {
            throw FileSystemException.of(EEXIST);
          }
          if ((flags & REPLACE) != 0 && !present) {
            throw FileSystemException.of(ENODATA);
          }
          values.put(attribute, ByteName.of(value));
        },
        mode -> killSgid ? mode & ~S_ISGID : mode);
  }

  void removeXattr(Inode inode, byte[] name) throws FileSystemException, IOException {
    ByteName attribute = ByteName.of(name);
    if (isAcl(attribute)) {
      setAcl(inode, attribute, Optional.empty(), false);
      return;
    }
    changeXattrs(
        inode,
        values -> {
          if (values.remove(attribute) == null) {
            throw FileSystemException.of(ENODATA);
          }
        },
        mode -> mode);
  }

  private static boolean isAcl(ByteName attribute) {
    return attribute.equals(PosixAcl.ACCESS) || attribute.equals(PosixAcl.DEFAULT);
  }

  /** Sets a list, or takes it away; that there was none is no mistake then, as on ext4. */
  private void setAcl(Inode inode, ByteName attribute, Optional<PosixAcl> acl, boolean killSgid)
      throws FileSystemException, IOException {
    boolean access = attribute.equals(PosixAcl.ACCESS);
    if (inode.isSymlink()) {
      throw FileSystemException.of(EOPNOTSUPP);
    }
    if (!access && !inode.isDirectory()) {
      if (acl.isPresent()) {
        throw FileSystemException.of(EACCES);
      }
      return;
    }
    boolean kept = acl.isPresent() && !(access && acl.get().isMode());
    changeXattrs(
        inode,
        values -> {
          if (kept) {
            values.put(attribute, acl.get().encode());
          } else {
            values.remove(attribute);
          }
        },
        mode -> {
          int shown = access && acl.isPresent() ? acl.get().applyTo(mode) : mode;
          return killSgid ? shown & ~S_ISGID : shown;
        });
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isOfClass(byte[] name, byte[] prefix) {
    return name.length > prefix.length
        && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
  }

  private interface XattrChange {
    void apply(Map<ByteName, ByteName> values) throws FileSystemException;
  }

  private void changeXattrs(Inode inode, XattrChange change, IntUnaryOperator newMode)
      throws FileSystemException, IOException {
    long stamp = inode.lock.writeLock();
    try (MetaBatch batch = tree.metadata().newBatch()) {
      TreeMap<ByteName, ByteName> values = new TreeMap<>(inode.xattrs.values());
      change.apply(values);
      long total = 0;
      for (Map.Entry<ByteName, ByteName> value : values.entrySet()) {
        total += value.getKey().length() + value.getValue().length();
      }
      if (!Xattrs.fits(total)) {
        throw FileSystemException.of(ENOSPC);
      }
      long generation = tree.gate().enter();
      try {
        tree.generations().touch(inode, generation, batch);
        inode.xattrs = Xattrs.of(values);
        inode.mode = newMode.applyAsInt(inode.mode);
        Instant now = tree.clock().instant();
        inode.setCtime(now.getEpochSecond(), now.getNano());
        tree.inodes().put(batch, inode);
        inode.lastWrite = tree.metadata().write(batch);
      } finally {
        tree.gate().exit(generation);
      }
    } finally {
      inode.lock.unlockWrite(stamp);
    }
  }
}
