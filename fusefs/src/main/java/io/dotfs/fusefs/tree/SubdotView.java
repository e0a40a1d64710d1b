package io.dotfs.fusefs.tree;

import static io.dotfs.fusefs.vfs.Errno.EINVAL;
import static io.dotfs.fusefs.vfs.Errno.EIO;
import static io.dotfs.fusefs.vfs.Errno.EISDIR;
import static io.dotfs.fusefs.vfs.Errno.ENOENT;
import static io.dotfs.fusefs.vfs.Errno.ENOTDIR;
import static io.dotfs.fusefs.vfs.Errno.EROFS;
import static io.dotfs.fusefs.vfs.Errno.ESTALE;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
import io.dotfs.objectstore.object.Owner;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subdot of a working tree as one mount shows it. Node 1 is the subdot's root directory; every
 * other node id is a permanent inode number.
 *
 * <p>A checkout {@linkplain #switchTo switches} the view to another tree. Node ids from before go
 * on naming the inodes of the tree before, which can be read but not changed (ESTALE).
 *
 * <p>File handles carry no state and are 0. Thread safe.
 */
public final class SubdotView implements InodeFileSystem {
  private static final long ROOT_NODE = 1;
  private static final long VALID_NANOS = TimeUnit.DAYS.toNanos(7);
  private static final int S_IFMT = FileType.MODE_MASK;
  private static final int O_TRUNC = 01000;
  private static final int O_EXCL = 0200;
  private static final int RENAME_EXCHANGE = 2;
  private static final int NAME_BYTES = 255;
  private static final Logger LOG = LoggerFactory.getLogger(SubdotView.class);

  /** What the view shows; replaced as a whole. */
  private record Shown(
      WorkingTree tree, Inode root, FileOps files, NameOps names, AttributeOps attributes) {}

  private final String subdot;
  private final LookupCounts lookups = new LookupCounts();
  private final Map<Long, DirectoryHandle> directories = new ConcurrentHashMap<>();
  private final AtomicLong handles = new AtomicLong();
  private final List<Shown> earlier = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Shown shown;
  private volatile Optional<KernelCache> kernel = Optional.empty();

  @GuardedBy("switching")
  private boolean left;

  private final Object switching = new Object();

  SubdotView(WorkingTree tree, String subdot) throws IOException, StoreException {
    this.subdot = subdot;
    this.shown = show(tree);
  }

  private Shown show(WorkingTree tree) throws IOException, StoreException {
    Optional<Inode> root = tree.acquireSubdot(subdot);
    if (root.isEmpty() && !tree.readOnly()) {
      tree.createSubdot(subdot, 0755, Owner.ROOT);
      root = tree.acquireSubdot(subdot);
    }
    if (root.isEmpty()) {
      throw new IOException("no subdot " + subdot + " there");
    }
    tree.names().resolveLinks(root.get());
    tree.views().add(this);
    FileOps files = new FileOps(tree);
    return new Shown(
        tree, root.get(), files, new NameOps(tree, files), new AttributeOps(tree, files));
  }

  /** The tree that it shows now. */
  public WorkingTree tree() {
    return shown.tree();
  }

  public String subdot() {
    return subdot;
  }

  /**
   * Shows the same subdot of another tree from now on; makes it there if need be. What the kernel
   * has cached of names is being dropped when this returns; see {@link #awaitSwitched}.
   */
  public void switchTo(WorkingTree tree) throws IOException, StoreException {
    synchronized (switching) {
      if (left || tree == shown.tree()) {
        return;
      }
      Shown before = shown;
      Shown next = show(tree);
      earlier.add(before);
      shown = next;
      before.tree().views().remove(this);
      before.tree().release(before.root(), 1);
    }
    if (kernel.isPresent()) {
      kernel.get().invalidateAllNames();
      kernel.get().invalidateInode(ROOT_NODE, 0, 0);
    }
  }

  /** Waits until the kernel has dropped what it had cached before the last switch. */
  public void awaitSwitched() throws InterruptedException {
    Optional<KernelCache> cache = kernel;
    if (cache.isPresent()) {
      cache.get().awaitDelivery();
    }
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
    directories.clear();
    lookups.drain(
        (number, count) -> {
          try {
            WorkingTree tree = shownFor(number).tree();
            Optional<Inode> inode = tree.held(number);
            if (inode.isPresent()) {
              tree.release(inode.get(), count);
            }
          } catch (IOException | FileSystemException e) {
            LOG.error("inode {} stays in memory after an unmount: {}", number, e.toString());
          }
        });
    synchronized (switching) {
      left = true;
      shown.tree().views().remove(this);
      shown.tree().release(shown.root(), 1);
    }
  }

  // ---- finding inodes

  private Shown shownFor(long number) throws FileSystemException {
    Shown now = shown;
    long tree = Keys.treeOf(number);
    if (number == ROOT_NODE || tree == now.tree().id()) {
      return now;
    }
    for (Shown before : earlier) {
      if (before.tree().id() == tree) {
        return before;
      }
    }
    throw FileSystemException.of(ESTALE);
  }

  private Shown writable(long number) throws FileSystemException {
    Shown found = shownFor(number);
    if (found.tree() != shown.tree()) {
      throw FileSystemException.of(ESTALE);
    }
    if (found.tree().readOnly()) {
      throw FileSystemException.of(EROFS);
    }
    return found;
  }

  private static Inode inode(Shown in, long nodeId) throws FileSystemException, IOException {
    if (nodeId == ROOT_NODE) {
      return in.root();
    }
    Inode known = in.tree().inMemory(nodeId);
    if (known != null) {
      return known;
    }
    return in.tree().held(nodeId).orElseThrow(() -> FileSystemException.of(ESTALE));
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

  /** Tells the other mounts of this tree. */
  private void tellOthers(WorkingTree tree, Consumer<KernelCache> message) {
    List<SubdotView> views = tree.views();
    if (views.size() > 1) {
      for (SubdotView view : views) {
        if (view != this) {
          view.kernel.ifPresent(message);
        }
      }
    }
  }

  /** The node id under which a mount knows an inode. */
  private static long nodeOf(Shown in, Inode inode) {
    return inode.number == in.root().number ? ROOT_NODE : inode.number;
  }

  private void tellAttributes(Shown in, Inode inode) {
    if (in.tree().views().size() > 1) {
      long node = nodeOf(in, inode);
      tellOthers(in.tree(), cache -> cache.invalidateInode(node, -1, 0));
    }
  }

  private void tellData(Shown in, Inode inode, long offset, long length) {
    if (in.tree().views().size() > 1) {
      long node = nodeOf(in, inode);
      tellOthers(in.tree(), cache -> cache.invalidateInode(node, offset, length));
    }
  }

  private void tellName(Shown in, Inode parent, byte[] name) {
    if (in.tree().views().size() > 1) {
      long node = nodeOf(in, parent);
      tellOthers(in.tree(), cache -> cache.invalidateEntry(node, name));
      tellOthers(in.tree(), cache -> cache.invalidateInode(node, 0, 0));
    }
  }

  /** A name changed from outside every mount. */
  void changedOutside(Inode parent, byte[] name) {
    Shown in = shown;
    long node = nodeOf(in, parent);
    kernel.ifPresent(
        cache -> {
          cache.invalidateEntry(node, name);
          cache.invalidateInode(node, 0, 0);
        });
  }

  // ---- attributes and look-ups

  private void fill(Shown in, Inode inode, InodeAttributes reply)
      throws IOException, StoreException {
    boolean uncounted;
    boolean regular;
    long stamp = inode.lock.readLock();
    try {
      inode.fill(reply);
      regular = inode.isRegular();
      uncounted = inode.isDirectory() && inode.subdirectories < 0;
      if (regular && inode.bytes.isPresent()) {
        reply.blocks = (inode.bytes.get().allocatedBytes() + 511) >>> 9;
        regular = false;
      }
    } finally {
      inode.lock.unlockRead(stamp);
    }
    if (regular) {
      reply.blocks = (in.files().allocatedBytes(inode) + 511) >>> 9;
    }
    if (uncounted) {
      stamp = inode.lock.writeLock();
      try {
        if (inode.subdirectories < 0) {
          inode.subdirectories = in.tree().names().countSubdirectories(inode);
        }
        inode.fill(reply);
      } finally {
        inode.lock.unlockWrite(stamp);
      }
    }
  }

  /** Fills an entry for an inode that comes with a reference, which becomes the kernel's. */
  private void fillEntry(Shown in, Inode inode, EntryReply reply)
      throws IOException, StoreException {
    fill(in, inode, reply.attributes);
    reply.nodeId = inode.number;
    reply.generation = 0;
    reply.entryValidNanos = VALID_NANOS;
    reply.attributesValidNanos = VALID_NANOS;
    lookups.add(inode.number);
  }

  @Override
  public void lookup(RequestContext context, long parent, byte[] name, EntryReply reply)
      throws FileSystemException {
    Shown in = shownFor(parent);
    try {
      Optional<Inode> found = in.names().lookup(inode(in, parent), name);
      if (found.isEmpty()) {
        reply.nodeId = 0;
        reply.entryValidNanos = VALID_NANOS;
        return;
      }
      fillEntry(in, found.get(), reply);
    } catch (IOException | StoreException e) {
      throw failed("lookup", e);
    }
  }

  @Override
  public void forget(long nodeId, long count) {
    if (nodeId == ROOT_NODE) {
      return;
    }
    long held = lookups.remove(nodeId, count);
    if (held > 0) {
      try {
        WorkingTree tree = shownFor(nodeId).tree();
        Inode inode = tree.inMemory(nodeId);
        if (inode != null) {
          tree.release(inode, held);
        }
      } catch (FileSystemException e) {
        LOG.error("inode {} of an unknown tree is forgotten", nodeId);
      }
    }
  }

  @Override
  public long getattr(RequestContext context, long nodeId, InodeAttributes reply)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      fill(in, inode(in, nodeId), reply);
      return VALID_NANOS;
    } catch (IOException | StoreException e) {
      throw failed("getattr", e);
    }
  }

  @Override
  public long setattr(
      RequestContext context, long nodeId, AttributeChange change, InodeAttributes reply)
      throws FileSystemException {
    Shown in = writable(nodeId);
    if (change.has(AttributeChange.SIZE)) {
      context.aboutToBlock();
    }
    try {
      Inode inode = inode(in, nodeId);
      in.attributes().set(inode, change);
      fill(in, inode, reply);
      if (change.has(AttributeChange.SIZE)) {
        tellData(in, inode, 0, 0);
      } else {
        tellAttributes(in, inode);
      }
      return VALID_NANOS;
    } catch (IOException | StoreException e) {
      throw failed("setattr", e);
    }
  }

  @Override
  public byte[] readlink(RequestContext context, long nodeId) throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      if (!inode.isSymlink()) {
        throw FileSystemException.of(EINVAL);
      }
      return inode.target.clone();
    } catch (IOException e) {
      throw failed("readlink", e);
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
    Shown in = writable(parentNode);
    try {
      Inode parent = inode(in, parentNode);
      Inode made = in.names().create(context, parent, name, mode, rdev, umask, target);
      fillEntry(in, made, reply);
      tellName(in, parent, name);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
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
    Shown in = writable(nodeId);
    writable(newParent);
    try {
      Inode inode = inode(in, nodeId);
      Inode parent = inode(in, newParent);
      in.names().link(inode, parent, newName);
      in.tree().retain(inode);
      fillEntry(in, inode, reply);
      tellName(in, parent, newName);
      tellAttributes(in, inode);
    } catch (IOException | StoreException e) {
      throw failed("link", e);
    }
  }

  @Override
  public void unlink(RequestContext context, long parent, byte[] name) throws FileSystemException {
    remove(parent, name, false);
  }

  @Override
  public void rmdir(RequestContext context, long parent, byte[] name) throws FileSystemException {
    remove(parent, name, true);
  }

  private void remove(long parentNode, byte[] name, boolean directory) throws FileSystemException {
    Shown in = writable(parentNode);
    try {
      Inode parent = inode(in, parentNode);
      if (!parent.isDirectory()) {
        throw FileSystemException.of(ENOTDIR);
      }
      long removed = in.names().remove(parent, name, directory);
      tellName(in, parent, name);
      if (in.tree().views().size() > 1) {
        tellOthers(in.tree(), cache -> cache.invalidateInode(removed, -1, 0));
      }
    } catch (IOException | StoreException e) {
      throw failed("removal", e);
    }
  }

  @Override
  public void rename(
      RequestContext context, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FileSystemException {
    Shown in = writable(parent);
    writable(newParent);
    try {
      Inode from = inode(in, parent);
      Inode to = inode(in, newParent);
      in.names().rename(from, name, to, newName, flags);
      tellName(in, from, name);
      tellName(in, to, newName);
      if ((flags & RENAME_EXCHANGE) != 0) {
        tellAttributes(in, from);
      }
    } catch (IOException | StoreException e) {
      throw failed("rename", e);
    }
  }

  // ---- open files

  private void opened(Shown in, Inode inode, OpenReply reply) {
    in.tree().retain(inode);
    inode.opens.incrementAndGet();
    reply.handle = 0;
    reply.keepCache = true;
    reply.directIo = false;
    reply.cacheDirectory = false;
  }

  @Override
  public void open(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      if (inode.isDirectory()) {
        throw FileSystemException.of(EISDIR);
      }
      if ((flags & O_TRUNC) != 0) {
        truncate(writable(nodeId), inode);
      }
      opened(in, inode, reply);
    } catch (IOException | StoreException e) {
      throw failed("open", e);
    }
  }

  private void truncate(Shown in, Inode inode)
      throws FileSystemException, IOException, StoreException {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.SIZE;
    in.attributes().set(inode, change);
    tellData(in, inode, 0, 0);
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
    Shown in = writable(parentNode);
    try {
      Inode parent = inode(in, parentNode);
      Inode inode;
      Optional<Inode> there =
          (flags & O_EXCL) != 0 ? Optional.empty() : in.names().lookup(parent, name);
      if (there.isPresent()) {
        inode = there.get();
        if (inode.isDirectory()) {
          in.tree().release(inode, 1);
          throw FileSystemException.of(EISDIR);
        }
        if ((flags & O_TRUNC) != 0) {
          truncate(in, inode);
        }
      } else {
        int full = FileType.REGULAR.modeBits() | (mode & 07777);
        inode = in.names().create(context, parent, name, full, 0, umask, new byte[0]);
        tellName(in, parent, name);
      }
      fillEntry(in, inode, entry);
      opened(in, inode, open);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
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
    Shown in = writable(parent);
    try {
      Inode inode = in.names().tmpfile(context, inode(in, parent), mode, umask);
      fillEntry(in, inode, entry);
      opened(in, inode, open);
    } catch (IOException | StoreException e) {
      throw failed("creation", e);
    }
  }

  @Override
  public int read(
      RequestContext context, long nodeId, long handle, long offset, int size, long address)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      return in.files().read(context, inode(in, nodeId), offset, size, address);
    } catch (IOException | StoreException e) {
      throw failed("read", e);
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
    Shown in = writable(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      int count = in.files().write(context, inode, offset, size, address, killSuidGid);
      tellData(in, inode, offset, count);
      return count;
    } catch (IOException | StoreException e) {
      throw failed("write", e);
    }
  }

  @Override
  public void flush(RequestContext context, long nodeId, long handle) {
    // Every write is where it belongs when it returns, so closing has nothing to do.
  }

  @Override
  public void release(RequestContext context, long nodeId, long handle) throws FileSystemException {
    Shown in = shownFor(nodeId);
    Inode inode = in.tree().inMemory(nodeId);
    if (inode != null && inode.opens.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      in.tree().release(inode, 1);
    }
  }

  @Override
  public void fsync(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    context.aboutToBlock();
    try {
      in.files().fsync(inode(in, nodeId), dataOnly);
    } catch (IOException e) {
      throw failed("fsync", e);
    }
  }

  // ---- directories

  @Override
  public void opendir(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      if (!inode.isDirectory()) {
        throw FileSystemException.of(ENOTDIR);
      }
      opened(in, inode, reply);
      reply.keepCache = false;
      reply.handle = handles.incrementAndGet();
      directories.put(reply.handle, new DirectoryHandle(inode.number));
    } catch (IOException e) {
      throw failed("opendir", e);
    }
  }

  @Override
  public void readdir(
      RequestContext context, long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException {
    DirectoryHandle directory =
        directories.computeIfAbsent(handle, h -> new DirectoryHandle(nodeId));
    try {
      Shown in = shownFor(nodeId == ROOT_NODE ? directory.inode : nodeId);
      Inode inode =
          nodeId == ROOT_NODE && directory.inode != ROOT_NODE
              ? inode(in, directory.inode)
              : inode(in, nodeId);
      if (addDots(in, inode, cookie, sink)) {
        addEntries(in, inode, directory, cookie, sink);
      }
    } catch (IOException | StoreException e) {
      throw failed("readdir", e);
    }
  }

  private boolean addDots(Shown in, Inode inode, long cookie, DirectorySink sink)
      throws IOException {
    if (cookie < DirectoryHandle.DOT
        && !addDot(sink, new byte[] {'.'}, inode.number, DirectoryHandle.DOT)) {
      return false;
    }
    if (cookie < DirectoryHandle.DOT_DOT) {
      long parent = inode.number;
      if (inode.number != in.root().number && !inode.links.isEmpty()) {
        parent = inode.links.get(0).parent();
      }
      return addDot(sink, new byte[] {'.', '.'}, parent, DirectoryHandle.DOT_DOT);
    }
    return true;
  }

  private static boolean addDot(DirectorySink sink, byte[] name, long number, long cookie) {
    int type = FileType.DIRECTORY.modeBits() >>> 12;
    if (!sink.wantsAttributes()) {
      return sink.add(name, number, type, cookie);
    }
    EntryReply entry = new EntryReply();
    entry.attributes.inode = number;
    entry.attributes.mode = FileType.DIRECTORY.modeBits();
    return sink.addWithAttributes(name, entry, type, cookie);
  }

  private void addEntries(
      Shown in, Inode inode, DirectoryHandle directory, long cookie, DirectorySink sink)
      throws IOException, StoreException {
    byte[] after = directory.nameAt(cookie);
    long at = cookie;
    EntryReply reply = new EntryReply();
    while (true) {
      List<Names.Entry> entries;
      long stamp = inode.lock.writeLock();
      try {
        entries = in.tree().names().list(inode, after);
      } finally {
        inode.lock.unlockWrite(stamp);
      }
      if (entries.isEmpty()) {
        return;
      }
      for (Names.Entry entry : entries) {
        at = directory.cookieAfter(at, entry.name());
        if (!addEntry(in, entry, at, reply, sink)) {
          return;
        }
      }
      after = entries.get(entries.size() - 1).name();
    }
  }

  private boolean addEntry(
      Shown in, Names.Entry entry, long cookie, EntryReply reply, DirectorySink sink)
      throws IOException, StoreException {
    if (!sink.wantsAttributes()) {
      return sink.add(entry.name(), entry.inode(), entry.type(), cookie);
    }
    Optional<Inode> inode = in.tree().acquire(entry.inode());
    if (inode.isEmpty()) {
      return true;
    }
    fillEntry(in, inode.get(), reply);
    if (sink.addWithAttributes(entry.name(), reply, entry.type(), cookie)) {
      return true;
    }
    lookups.remove(entry.inode(), 1);
    in.tree().release(inode.get(), 1);
    return false;
  }

  @Override
  public void releasedir(RequestContext context, long nodeId, long handle)
      throws FileSystemException {
    DirectoryHandle directory = directories.remove(handle);
    if (directory != null && directory.inode != ROOT_NODE) {
      Shown in = shownFor(directory.inode);
      Inode inode = in.tree().inMemory(directory.inode);
      if (inode != null && inode.opens.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        in.tree().release(inode, 1);
      }
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
    Shown in = shownFor(nodeId);
    try {
      return in.attributes().xattr(inode(in, nodeId), name);
    } catch (IOException e) {
      throw failed("getxattr", e);
    }
  }

  @Override
  public byte[] listxattr(RequestContext context, long nodeId) throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      return in.attributes().xattrNames(inode(in, nodeId));
    } catch (IOException e) {
      throw failed("listxattr", e);
    }
  }

  @Override
  public void setxattr(
      RequestContext context, long nodeId, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException {
    Shown in = writable(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      in.attributes().setXattr(inode, name, value, flags, killSgid);
      tellAttributes(in, inode);
    } catch (IOException e) {
      throw failed("setxattr", e);
    }
  }

  @Override
  public void removexattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    Shown in = writable(nodeId);
    try {
      Inode inode = inode(in, nodeId);
      in.attributes().removeXattr(inode, name);
      tellAttributes(in, inode);
    } catch (IOException e) {
      throw failed("removexattr", e);
    }
  }

  // ---- the rest

  @Override
  public void statfs(RequestContext context, long nodeId, StatfsReply reply) {
    WorkingTree tree = shown.tree();
    long free = Math.max(0, tree.blockFiles().freeBytes() - WorkingTree.SPACE_FLOOR_BYTES);
    reply.blockSize = 4096;
    reply.fragmentSize = 4096;
    reply.blocks = tree.blockFiles().totalBytes() / 4096;
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
    Shown in = writable(nodeId);
    context.aboutToBlock();
    try {
      Inode inode = inode(in, nodeId);
      in.files().fallocate(inode, offset, length, mode);
      tellData(in, inode, 0, 0);
    } catch (IOException | StoreException e) {
      throw failed("fallocate", e);
    }
  }

  @Override
  public long lseek(RequestContext context, long nodeId, long handle, long offset, int whence)
      throws FileSystemException {
    Shown in = shownFor(nodeId);
    try {
      return in.files().lseek(inode(in, nodeId), offset, whence);
    } catch (IOException | StoreException e) {
      throw failed("lseek", e);
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
    Shown in = shownFor(nodeIn);
    Shown out = writable(nodeOut);
    try {
      Inode source = inode(in, nodeIn);
      Inode target = inode(out, nodeOut);
      if (in.tree() != out.tree()) {
        throw FileSystemException.of(ESTALE);
      }
      long count = in.files().copy(context, source, offsetIn, target, offsetOut, length);
      tellData(out, target, offsetOut, count);
      return count;
    } catch (IOException | StoreException e) {
      throw failed("copy_file_range", e);
    }
  }
}
