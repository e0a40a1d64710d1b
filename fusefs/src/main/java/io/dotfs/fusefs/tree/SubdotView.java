package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EIO;
import static io.dotfs.fusefs.vfs.Errno.EISDIR;
import static io.dotfs.fusefs.vfs.Errno.ENOENT;
import static io.dotfs.fusefs.vfs.Errno.ENOSYS;
import static io.dotfs.fusefs.vfs.Errno.ENOTDIR;
import static io.dotfs.fusefs.vfs.Errno.ESTALE;

import io.dotfs.fusefs.overlay.DiskSpace;
import io.dotfs.fusefs.tree.ShownTrees.Shown;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.fusefs.vfs.KernelCache;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.fusefs.vfs.StatfsReply;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileType;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subdot of a working tree as one mount shows it. Node 1 is the subdot's root directory; every
 * other node id is a permanent inode number.
 *
 * <p>A checkout {@linkplain ViewSwitch switches} the view to another tree. Node ids from before go
 * on naming the inodes of the tree before, which can be read but not changed (ESTALE).
 *
 * <p>One short method per request of the port: finds the inodes, hands the work on, tells the other
 * mounts, and turns failures into errnos.
 *
 * <p>File handles carry no state and are 0. Thread safe.
 */
public final class SubdotView implements InodeFileSystem {
  private static final int S_IFMT = FileType.MODE_MASK;
  private static final int O_ACCMODE = 3;
  private static final int O_TRUNC = 01000;
  private static final int O_EXCL = 0200;
  private static final int RENAME_EXCHANGE = 2;
  private static final int NAME_BYTES = 255;
  private static final Logger LOG = LoggerFactory.getLogger(SubdotView.class);

  private final String subdot;
  private final ShownTrees trees;
  private final KernelInodes inodes;
  private final DirectoryListings listings;
  private final OtherMounts others = new OtherMounts(this);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Optional<KernelCache> kernel = Optional.empty();

  SubdotView(WorkingTree tree, String subdot) throws IOException, StoreException {
    this.subdot = subdot;
    this.trees = new ShownTrees(this, tree);
    this.inodes = new KernelInodes(trees);
    this.listings = new DirectoryListings(trees, inodes);
  }

  /** The tree that it shows now. */
  public WorkingTree tree() {
    return trees.now().tree();
  }

  public String subdot() {
    return subdot;
  }

  /** As part of a {@link ViewSwitch}: another tree from now on. */
  void show(WorkingTree tree, boolean forced) throws IOException, StoreException {
    if (trees.switchTo(tree, forced) && kernel.isPresent()) {
      kernel.get().invalidateAllNames();
      kernel.get().invalidateInode(ShownTrees.ROOT_NODE, 0, 0);
    }
  }

  ShownTrees trees() {
    return trees;
  }

  /** Waits until the kernel has dropped what it had cached before the last switch. */
  public void awaitSwitched() throws InterruptedException {
    Optional<KernelCache> cache = kernel;
    if (cache.isPresent()) {
      cache.get().awaitDelivery();
    }
  }

  /** The kernel's caches of the mount that shows it. */
  Optional<KernelCache> kernel() {
    return kernel;
  }

  @Override
  public void mounted(KernelCache cache) {
    kernel = Optional.of(cache);
  }

  @Override
  public void unmounted() {
    close();
  }

  /** Gives everything up; for a view that was never mounted, or no longer is. Idempotent. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    kernel = Optional.empty();
    listings.closeAll();
    inodes.forgetAll();
    trees.leave();
  }

  private FileSystemException failed(String doing, Exception e) {
    if (e instanceof IOException io) {
      Optional<Integer> errno = FileOps.errnoOf(io);
      if (errno.isPresent()) {
        LOG.warn("{} in {}: {}", doing, subdot, e.getMessage());
        return FileSystemException.of(errno.get());
      }
    }
    LOG.error("{} in {} failed", doing, subdot, e);
    return FileSystemException.of(EIO);
  }

  /** A name changed from outside every mount. */
  void changedOutside(Inode parent, byte[] name) {
    long node = trees.now().nodeOf(parent);
    kernel.ifPresent(cache -> OtherMounts.dropName(cache, node, name));
  }

  // ---- attributes and look-ups

  @Override
  public void lookup(RequestContext context, long parent, byte[] name, EntryReply reply)
      throws FileSystemException {
    Shown in = trees.of(parent);
    try {
      Optional<Inode> found = in.names().lookup(in.inode(parent), name);
      if (found.isEmpty()) {
        reply.nodeId = 0;
        reply.entryValidNanos = KernelInodes.VALID_NANOS;
        return;
      }
      inodes.hand(in, found.get(), reply);
    } catch (IOException | StoreException e) {
      throw failed("lookup", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public void forget(long nodeId, long count) {
    if (nodeId != ShownTrees.ROOT_NODE) {
      inodes.forget(nodeId, count);
    }
  }

  @Override
  public long getattr(RequestContext context, long nodeId, InodeAttributes reply)
      throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      inodes.fill(in, in.inode(nodeId), reply);
      return KernelInodes.VALID_NANOS;
    } catch (IOException | StoreException e) {
      throw failed("getattr", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public long setattr(
      RequestContext context, long nodeId, AttributeChange change, InodeAttributes reply)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      if (change.has(AttributeChange.SIZE)) {
        context.aboutToBlock();
      }
      Inode inode = in.inode(nodeId);
      in.attributes().set(inode, change);
      inodes.fill(in, inode, reply);
      if (change.has(AttributeChange.SIZE)) {
        others.data(in, inode, 0, 0);
      } else {
        others.attributes(in, inode);
      }
      return KernelInodes.VALID_NANOS;
    } catch (IOException | StoreException e) {
      throw failed("setattr", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public byte[] readlink(RequestContext context, long nodeId) throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      Inode inode = in.inode(nodeId);
      if (!inode.isSymlink()) {
        throw FileSystemException.of(EINVAL);
      }
      return inode.target.clone();
    } catch (IOException e) {
      throw failed("readlink", e);
    } finally {
      ShownTrees.done();
    }
  }

  // ---- names

  private void make(
      RequestContext context,
      long parentNode,
      byte[] name,
      int mode,
      int rdev,
      int umask,
      byte[] target,
      EntryReply reply)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(parentNode);
      Inode parent = in.inode(parentNode);
      Inode made = in.names().create(context, parent, name, mode, rdev, umask, target);
      inodes.hand(in, made, reply);
      others.name(in, parent, name);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void mknod(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int rdev,
      int umask,
      EntryReply reply)
      throws FileSystemException {
    int type = (mode & S_IFMT) == 0 ? FileType.REGULAR.modeBits() : mode & S_IFMT;
    if (type == FileType.DIRECTORY.modeBits() || type == FileType.SYMLINK.modeBits()) {
      throw FileSystemException.of(EINVAL);
    }
    make(context, parent, name, type | (mode & 07777), rdev, umask, new byte[0], reply);
  }

  @Override
  public void mkdir(
      RequestContext context, long parent, byte[] name, int mode, int umask, EntryReply reply)
      throws FileSystemException {
    int full = FileType.DIRECTORY.modeBits() | (mode & 07777);
    make(context, parent, name, full, 0, umask, new byte[0], reply);
  }

  @Override
  public void symlink(
      RequestContext context, long parent, byte[] name, byte[] target, EntryReply reply)
      throws FileSystemException {
    if (target.length == 0) {
      throw FileSystemException.of(ENOENT);
    }
    make(context, parent, name, FileType.SYMLINK.modeBits() | 0777, 0, 0, target, reply);
  }

  @Override
  public void link(
      RequestContext context, long nodeId, long newParent, byte[] newName, EntryReply reply)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      trees.writable(newParent);
      Inode inode = in.inode(nodeId);
      Inode parent = in.inode(newParent);
      in.names().link(inode, parent, newName);
      inodes.tell(in, inode, reply);
      others.name(in, parent, newName);
      others.attributes(in, inode);
    } catch (IOException | StoreException e) {
      throw failed("link", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void unlink(RequestContext context, long parent, byte[] name) throws FileSystemException {
    remove(context, parent, name, false);
  }

  @Override
  public void rmdir(RequestContext context, long parent, byte[] name) throws FileSystemException {
    remove(context, parent, name, true);
  }

  private void remove(RequestContext context, long parentNode, byte[] name, boolean directory)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(parentNode);
      Inode parent = in.inode(parentNode);
      if (!parent.isDirectory()) {
        throw FileSystemException.of(ENOTDIR);
      }
      long removed = in.names().remove(parent, name, directory);
      others.name(in, parent, name);
      others.removed(in, removed);
    } catch (IOException | StoreException e) {
      throw failed("removal", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void rename(
      RequestContext context, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(parent);
      trees.writable(newParent);
      Inode from = in.inode(parent);
      Inode to = in.inode(newParent);
      in.renames().rename(from, name, to, newName, flags);
      others.name(in, from, name);
      others.name(in, to, newName);
      if ((flags & RENAME_EXCHANGE) != 0) {
        others.attributes(in, from);
      }
    } catch (IOException | StoreException e) {
      throw failed("rename", e);
    } finally {
      trees.exit(pass);
    }
  }

  // ---- open files

  private void opened(Shown in, Inode inode, OpenReply reply) {
    inodes.opened(in, inode);
    reply.handle = 0;
    reply.keepCache = true;
    reply.directIo = false;
    reply.cacheDirectory = false;
  }

  @Override
  public void open(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      boolean toWrite = (flags & O_ACCMODE) != 0;
      Shown in = trees.forOpening(nodeId, toWrite);
      Inode inode = in.inode(nodeId);
      if (inode.isDirectory()) {
        throw FileSystemException.of(EISDIR);
      }
      if ((flags & O_TRUNC) != 0) {
        truncate(trees.writable(nodeId), inode);
      }
      opened(in, inode, reply);
    } catch (IOException | StoreException e) {
      throw failed("open", e);
    } finally {
      trees.exit(pass);
    }
  }

  private void truncate(Shown in, Inode inode)
      throws FileSystemException, IOException, StoreException {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.SIZE;
    in.attributes().set(inode, change);
    others.data(in, inode, 0, 0);
  }

  @Override
  public void create(
      RequestContext context,
      long parentNode,
      byte[] name,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(parentNode);
      Inode parent = in.inode(parentNode);
      Inode inode;
      Optional<Inode> there =
          (flags & O_EXCL) != 0 ? Optional.empty() : in.names().lookup(parent, name);
      if (there.isPresent()) {
        inode = there.get();
        if (inode.isDirectory()) {
          in.tree().inodes().release(inode, 1);
          throw FileSystemException.of(EISDIR);
        }
        if ((flags & O_TRUNC) != 0) {
          truncate(in, inode);
        }
      } else {
        int full = FileType.REGULAR.modeBits() | (mode & 07777);
        inode = in.names().create(context, parent, name, full, 0, umask, new byte[0]);
        others.name(in, parent, name);
      }
      inodes.hand(in, inode, entry);
      opened(in, inode, open);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void tmpfile(
      RequestContext context,
      long parent,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(parent);
      Inode inode = in.names().tmpfile(context, in.inode(parent), mode, umask);
      inodes.hand(in, inode, entry);
      opened(in, inode, open);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public int read(
      RequestContext context, long nodeId, long handle, long offset, int size, long address)
      throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      return in.files().read(context, in.inode(nodeId), offset, size, address);
    } catch (IOException | StoreException e) {
      throw failed("read", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public int write(
      RequestContext context,
      long nodeId,
      long handle,
      long offset,
      int size,
      long address,
      boolean killSuidGid)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      Inode inode = in.inode(nodeId);
      boolean clears = killSuidGid && FileOps.hasSetIdBits(inode);
      int count = in.files().write(context, inode, offset, size, address, killSuidGid);
      others.data(in, inode, offset, count);
      if (clears) {
        dropAttributes(nodeId);
      }
      return count;
    } catch (IOException | StoreException e) {
      throw failed("write", e);
    } finally {
      trees.exit(pass);
    }
  }

  /**
   * After set-id bits were cleared: the replies to what clears them hold no mode, and the kernel
   * would go on to show, and to honour, the old one.
   */
  private void dropAttributes(long nodeId) {
    kernel().ifPresent(cache -> cache.invalidateInode(nodeId, -1, 0));
  }

  @Override
  public void flush(RequestContext context, long nodeId, long handle) throws FileSystemException {
    // Every write is where it belongs when it returns, so closing has nothing to do, ever.
    throw FileSystemException.of(ENOSYS);
  }

  @Override
  public void release(RequestContext context, long nodeId, long handle) throws FileSystemException {
    inodes.closed(nodeId);
  }

  @Override
  public void fsync(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {
    Shown in = trees.of(nodeId);
    context.aboutToBlock();
    try {
      in.files().fsync(in.inode(nodeId), dataOnly);
    } catch (IOException e) {
      throw failed("fsync", e);
    } finally {
      ShownTrees.done();
    }
  }

  // ---- directories

  @Override
  public void opendir(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.forOpening(nodeId, false);
      Inode inode = in.inode(nodeId);
      if (!inode.isDirectory()) {
        throw FileSystemException.of(ENOTDIR);
      }
      opened(in, inode, reply);
      reply.keepCache = false;
      reply.handle = listings.open(inode);
    } catch (IOException e) {
      throw failed("opendir", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void readdir(
      RequestContext context, long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException {
    try {
      listings.list(nodeId, handle, cookie, sink);
    } catch (IOException | StoreException e) {
      throw failed("readdir", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public void releasedir(RequestContext context, long nodeId, long handle)
      throws FileSystemException {
    Optional<Long> number = listings.close(handle);
    if (number.isPresent()) {
      inodes.closed(number.get());
    }
  }

  @Override
  public void fsyncdir(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {
    fsync(context, nodeId, handle, dataOnly);
  }

  // ---- extended attributes

  @Override
  public byte[] getxattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      return in.attributes().xattr(in.inode(nodeId), name);
    } catch (IOException e) {
      throw failed("getxattr", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public byte[] listxattr(RequestContext context, long nodeId) throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      return in.attributes().xattrNames(in.inode(nodeId), context.uid() == 0);
    } catch (IOException e) {
      throw failed("listxattr", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public void setxattr(
      RequestContext context, long nodeId, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      Inode inode = in.inode(nodeId);
      in.attributes().setXattr(inode, name, value, flags, killSgid);
      others.attributes(in, inode);
    } catch (IOException e) {
      throw failed("setxattr", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public void removexattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      Inode inode = in.inode(nodeId);
      in.attributes().removeXattr(inode, name);
      others.attributes(in, inode);
    } catch (IOException e) {
      throw failed("removexattr", e);
    } finally {
      trees.exit(pass);
    }
  }

  // ---- the rest

  @Override
  public void statfs(RequestContext context, long nodeId, StatfsReply reply) {
    DiskSpace space = trees.now().tree().blockFiles().space();
    long free = Math.max(0, space.freeBytes() - WorkingTree.SPACE_FLOOR_BYTES);
    reply.blockSize = 4096;
    reply.fragmentSize = 4096;
    reply.blocks = space.totalBytes() / 4096;
    reply.blocksFree = free / 4096;
    reply.blocksAvailable = free / 4096;
    // Inodes cost nothing but space: as many as might fit at a kibibyte each.
    reply.files = reply.blocks * 4;
    reply.filesFree = reply.blocksFree * 4;
    reply.nameLength = Math.min(NAME_BYTES, TreeEntry.MAX_NAME_BYTES);
  }

  @Override
  public void fallocate(
      RequestContext context, long nodeId, long handle, long offset, long length, int mode)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.writable(nodeId);
      context.aboutToBlock();
      Inode inode = in.inode(nodeId);
      boolean clears = FileOps.hasSetIdBits(inode);
      in.files().fallocate(inode, offset, length, mode);
      others.data(in, inode, 0, 0);
      if (clears) {
        dropAttributes(nodeId);
      }
    } catch (IOException | StoreException e) {
      throw failed("fallocate", e);
    } finally {
      trees.exit(pass);
    }
  }

  @Override
  public long lseek(RequestContext context, long nodeId, long handle, long offset, int whence)
      throws FileSystemException {
    Shown in = trees.of(nodeId);
    try {
      return in.files().lseek(in.inode(nodeId), offset, whence);
    } catch (IOException | StoreException e) {
      throw failed("lseek", e);
    } finally {
      ShownTrees.done();
    }
  }

  @Override
  public long copyFileRange(
      RequestContext context,
      long nodeIn,
      long handleIn,
      long offsetIn,
      long nodeOut,
      long handleOut,
      long offsetOut,
      long length)
      throws FileSystemException {
    long pass = trees.enter(context);
    try {
      Shown in = trees.of(nodeIn);
      Shown out = trees.writable(nodeOut);
      Inode source = in.inode(nodeIn);
      Inode target = out.inode(nodeOut);
      if (in.tree() != out.tree()) {
        throw FileSystemException.of(ESTALE);
      }
      boolean clears = FileOps.hasSetIdBits(target);
      long count = in.files().copy(context, source, offsetIn, target, offsetOut, length);
      others.data(out, target, offsetOut, count);
      if (clears) {
        dropAttributes(nodeOut);
      }
      return count;
    } catch (IOException | StoreException e) {
      throw failed("copy_file_range", e);
    } finally {
      trees.exit(pass);
    }
  }
}
