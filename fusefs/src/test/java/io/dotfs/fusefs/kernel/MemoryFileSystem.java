package io.dotfs.fusefs.kernel;

import com.kenai.jffi.MemoryIO;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.fusefs.vfs.KernelCache;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.fusefs.vfs.StatfsReply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A complete file system in memory, to test front ends with. One lock for everything; inodes are
 * kept until their last link, look-up and open handle are gone.
 */
public class MemoryFileSystem implements InodeFileSystem {
  public static final int S_IFMT = 0xf000;
  public static final int S_IFDIR = 0x4000;
  public static final int S_IFREG = 0x8000;
  public static final int S_IFLNK = 0xa000;
  private static final long ROOT = 1;
  private static final long VALID_NANOS = 1_000_000_000L;
  private static final int BLOCK = 65_536;
  private static final long MAX_SIZE = 1L << 40;
  private static final int S_ISGID = 0x400;
  private static final int S_ISUID = 0x800;
  private static final int EXECUTE_GROUP = 0x8;
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  /** One inode. */
  protected static final class Node {
    final long id;
    int mode;
    int uid;
    int gid;
    int rdev;
    int links;
    long size;
    Instant atime = Instant.now();
    Instant mtime = atime;
    Instant ctime = atime;
    long lookups;
    long handles;
    long parent;
    byte[] target = {};
    long nextCookie = 3;
    final TreeMap<Long, byte[]> blocks = new TreeMap<>();
    final LinkedHashMap<String, Child> children = new LinkedHashMap<>();
    final TreeMap<String, byte[]> xattrs = new TreeMap<>();

    Node(long id, int mode) {
      this.id = id;
      this.mode = mode;
    }

    boolean isDirectory() {
      return (mode & S_IFMT) == S_IFDIR;
    }
  }

  /** A directory entry with its permanent position. */
  protected record Child(long node, long cookie) {}

  private final Map<Long, Node> nodes = new HashMap<>();
  private final CountDownLatch unmounted = new CountDownLatch(1);
  private long nextId = 2;
  private volatile Optional<KernelCache> kernel = Optional.empty();

  /** How long the kernel may keep names and attributes. */
  public volatile long validNanos = VALID_NANOS;

  public MemoryFileSystem() {
    Node root = new Node(ROOT, S_IFDIR | 0755);
    root.links = 2;
    root.parent = ROOT;
    nodes.put(ROOT, root);
  }

  public KernelCache kernel() {
    return kernel.orElseThrow();
  }

  public CountDownLatch unmountedLatch() {
    return unmounted;
  }

  /** Inodes that are still held by a link, the kernel or a handle. */
  public synchronized int nodeCount() {
    return nodes.size();
  }

  /** Look-ups that the kernel has not forgotten, the root's left out. */
  public synchronized long lookupsHeld() {
    return nodes.values().stream().filter(n -> n.id != ROOT).mapToLong(n -> n.lookups).sum();
  }

  /** Waits until {@code condition} holds; it is looked at again after each forget and release. */
  public synchronized boolean await(Duration limit, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  public synchronized long handlesHeld() {
    return nodes.values().stream().mapToLong(n -> n.handles).sum();
  }

  /** Content of a file below the root. */
  public synchronized String content(String name) {
    Node node = nodes.get(nodes.get(ROOT).children.get(name).node);
    byte[] bytes = new byte[(int) node.size];
    for (int at = 0; at < bytes.length; at += BLOCK) {
      byte[] block = node.blocks.getOrDefault((long) at / BLOCK, new byte[BLOCK]);
      System.arraycopy(block, 0, bytes, at, Math.min(BLOCK, bytes.length - at));
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Changes a file behind the kernel's back. */
  public synchronized void replaceContent(String name, String content) {
    Node node = nodes.get(nodes.get(ROOT).children.get(name).node);
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    node.blocks.clear();
    node.blocks.put(0L, Arrays.copyOf(bytes, BLOCK));
    node.size = bytes.length;
  }

  /** Renames below the root behind the kernel's back. */
  public synchronized void renameSilently(String from, String to) {
    Map<String, Child> children = nodes.get(ROOT).children;
    children.put(to, children.remove(from));
  }

  public synchronized long nodeOf(String name) {
    return nodes.get(ROOT).children.get(name).node;
  }

  @Override
  public void mounted(KernelCache cache) {
    kernel = Optional.of(cache);
  }

  @Override
  public void unmounted() {
    unmounted.countDown();
  }

  @Override
  public synchronized void lookup(
      RequestContext context, long parent, byte[] name, EntryReply reply)
      throws FileSystemException {
    reply(child(directory(parent), name), reply);
  }

  @Override
  public synchronized void forget(long nodeId, long lookups) {
    Node node = nodes.get(nodeId);
    if (node != null) {
      node.lookups -= lookups;
      dropIfUnused(node);
      notifyAll();
    }
  }

  @Override
  public synchronized long getattr(RequestContext context, long nodeId, InodeAttributes reply)
      throws FileSystemException {
    fill(node(nodeId), reply);
    return validNanos;
  }

  @Override
  public synchronized long setattr(
      RequestContext context, long nodeId, AttributeChange change, InodeAttributes reply)
      throws FileSystemException {
    Node node = node(nodeId);
    Instant now = Instant.now();
    if (change.has(AttributeChange.MODE)) {
      node.mode = (node.mode & S_IFMT) | (change.mode & ~S_IFMT);
    }
    if (change.has(AttributeChange.UID)) {
      node.uid = change.uid;
    }
    if (change.has(AttributeChange.GID)) {
      node.gid = change.gid;
    }
    if (change.has(AttributeChange.SIZE)) {
      checkExtent(0, change.size);
      truncate(node, change.size);
      node.mtime = now;
    }
    if (change.has(AttributeChange.KILL_SUIDGID)) {
      killSetIds(node);
    }
    if (change.has(AttributeChange.ATIME)) {
      node.atime =
          change.has(AttributeChange.ATIME_NOW)
              ? now
              : Instant.ofEpochSecond(change.atimeSeconds, change.atimeNanos);
    }
    if (change.has(AttributeChange.MTIME)) {
      node.mtime =
          change.has(AttributeChange.MTIME_NOW)
              ? now
              : Instant.ofEpochSecond(change.mtimeSeconds, change.mtimeNanos);
    }
    node.ctime = now;
    fill(node, reply);
    return validNanos;
  }

  @Override
  public synchronized byte[] readlink(RequestContext context, long nodeId)
      throws FileSystemException {
    return node(nodeId).target;
  }

  @Override
  public synchronized void mknod(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int rdev,
      int umask,
      EntryReply reply)
      throws FileSystemException {
    Node node = make(context, parent, Optional.of(name), mode & (S_IFMT | ~umask));
    node.rdev = rdev;
    reply(node, reply);
  }

  @Override
  public synchronized void mkdir(
      RequestContext context, long parent, byte[] name, int mode, int umask, EntryReply reply)
      throws FileSystemException {
    Node node = make(context, parent, Optional.of(name), S_IFDIR | (mode & 07777 & ~umask));
    Node directory = directory(parent);
    node.links = 2;
    node.mode |= directory.mode & S_ISGID;
    directory.links++;
    reply(node, reply);
  }

  @Override
  public synchronized void symlink(
      RequestContext context, long parent, byte[] name, byte[] target, EntryReply reply)
      throws FileSystemException {
    Node node = make(context, parent, Optional.of(name), S_IFLNK | 0777);
    node.target = target;
    node.size = target.length;
    reply(node, reply);
  }

  @Override
  public synchronized void link(
      RequestContext context, long nodeId, long newParent, byte[] newName, EntryReply reply)
      throws FileSystemException {
    Node node = node(nodeId);
    Node parent = directory(newParent);
    if (parent.children.containsKey(key(newName))) {
      throw FileSystemException.of(Errno.EEXIST);
    }
    parent.children.put(key(newName), new Child(nodeId, parent.nextCookie++));
    touch(parent);
    node.links++;
    node.ctime = Instant.now();
    reply(node, reply);
  }

  @Override
  public synchronized void unlink(RequestContext context, long parent, byte[] name)
      throws FileSystemException {
    Node directory = directory(parent);
    Node node = child(directory, name);
    if (node.isDirectory()) {
      throw FileSystemException.of(Errno.EISDIR);
    }
    removeChild(directory, name, node);
  }

  @Override
  public synchronized void rmdir(RequestContext context, long parent, byte[] name)
      throws FileSystemException {
    Node directory = directory(parent);
    Node node = child(directory, name);
    if (!node.isDirectory()) {
      throw FileSystemException.of(Errno.ENOTDIR);
    }
    if (!node.children.isEmpty()) {
      throw FileSystemException.of(Errno.ENOTEMPTY);
    }
    removeChild(directory, name, node);
  }

  @Override
  public synchronized void rename(
      RequestContext context, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FileSystemException {
    if ((flags & ~3) != 0 || flags == 3) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    Node from = directory(parent);
    Node to = directory(newParent);
    Node node = child(from, name);
    Child there = to.children.get(key(newName));
    if (flags == 2) {
      Node other = child(to, newName);
      from.children.put(key(name), new Child(other.id, from.nextCookie++));
      to.children.put(key(newName), new Child(node.id, to.nextCookie++));
      moved(node, from, to);
      moved(other, to, from);
      return;
    }
    if (there != null) {
      if (flags == 1) {
        throw FileSystemException.of(Errno.EEXIST);
      }
      Node old = node(there.node);
      if (old == node) {
        return;
      }
      if (old.isDirectory() && !old.children.isEmpty()) {
        throw FileSystemException.of(Errno.ENOTEMPTY);
      }
      removeChild(to, newName, old);
    }
    from.children.remove(key(name));
    to.children.put(key(newName), new Child(node.id, to.nextCookie++));
    moved(node, from, to);
  }

  @Override
  public synchronized void open(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    node(nodeId).handles++;
    reply.handle = nodeId;
    reply.keepCache = true;
  }

  @Override
  public synchronized void create(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException {
    Node node = make(context, parent, Optional.of(name), S_IFREG | (mode & 07777 & ~umask));
    node.handles++;
    open.handle = node.id;
    reply(node, entry);
  }

  @Override
  public synchronized void tmpfile(
      RequestContext context,
      long parent,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException {
    Node node = make(context, parent, Optional.empty(), S_IFREG | (mode & 07777 & ~umask));
    node.handles++;
    open.handle = node.id;
    reply(node, entry);
  }

  @Override
  public synchronized int read(
      RequestContext context, long nodeId, long handle, long offset, int size, long address)
      throws FileSystemException {
    Node node = node(nodeId);
    checkExtent(offset, size);
    int count = (int) Math.max(0, Math.min(size, node.size - offset));
    for (int done = 0; done < count; ) {
      long at = offset + done;
      int part = (int) Math.min(count - done, BLOCK - at % BLOCK);
      byte[] block = node.blocks.get(at / BLOCK);
      if (block == null) {
        MEMORY.setMemory(address + done, part, (byte) 0);
      } else {
        MEMORY.putByteArray(address + done, block, (int) (at % BLOCK), part);
      }
      done += part;
    }
    return count;
  }

  @Override
  public synchronized int write(
      RequestContext context,
      long nodeId,
      long handle,
      long offset,
      int size,
      long address,
      boolean killSuidGid)
      throws FileSystemException {
    checkExtent(offset, size);
    Node node = node(nodeId);
    for (int done = 0; done < size; ) {
      long at = offset + done;
      int part = (int) Math.min(size - done, BLOCK - at % BLOCK);
      byte[] block = node.blocks.computeIfAbsent(at / BLOCK, index -> new byte[BLOCK]);
      MEMORY.getByteArray(address + done, block, (int) (at % BLOCK), part);
      done += part;
    }
    node.size = Math.max(node.size, offset + size);
    if (killSuidGid) {
      killSetIds(node);
    }
    touch(node);
    return size;
  }

  @Override
  public void flush(RequestContext context, long nodeId, long handle) throws FileSystemException {}

  @Override
  public synchronized void release(RequestContext context, long nodeId, long handle)
      throws FileSystemException {
    Node node = node(nodeId);
    node.handles--;
    dropIfUnused(node);
    notifyAll();
  }

  @Override
  public void fsync(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {}

  @Override
  public synchronized void opendir(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    directory(nodeId).handles++;
    reply.handle = nodeId;
  }

  @Override
  public synchronized void readdir(
      RequestContext context, long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException {
    Node directory = directory(nodeId);
    EntryReply entry = new EntryReply();
    if (cookie < 1 && !add(sink, ".", directory, 1, entry)) {
      return;
    }
    if (cookie < 2 && !add(sink, "..", node(directory.parent), 2, entry)) {
      return;
    }
    for (Map.Entry<String, Child> child : directory.children.entrySet()) {
      if (child.getValue().cookie > cookie
          && !add(
              sink, child.getKey(), node(child.getValue().node), child.getValue().cookie, entry)) {
        return;
      }
    }
  }

  @Override
  public void releasedir(RequestContext context, long nodeId, long handle)
      throws FileSystemException {
    release(context, nodeId, handle);
  }

  @Override
  public void fsyncdir(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {}

  @Override
  public synchronized byte[] getxattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    byte[] value = node(nodeId).xattrs.get(key(name));
    if (value == null) {
      throw FileSystemException.of(Errno.ENODATA);
    }
    return value;
  }

  @Override
  public synchronized byte[] listxattr(RequestContext context, long nodeId)
      throws FileSystemException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    for (String name : node(nodeId).xattrs.keySet()) {
      names.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      names.write(0);
    }
    return names.toByteArray();
  }

  @Override
  public synchronized void setxattr(
      RequestContext context, long nodeId, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException {
    Node node = node(nodeId);
    boolean there = node.xattrs.containsKey(key(name));
    if (flags == 1 && there) {
      throw FileSystemException.of(Errno.EEXIST);
    }
    if (flags == 2 && !there) {
      throw FileSystemException.of(Errno.ENODATA);
    }
    node.xattrs.put(key(name), value);
  }

  @Override
  public synchronized void removexattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    if (node(nodeId).xattrs.remove(key(name)) == null) {
      throw FileSystemException.of(Errno.ENODATA);
    }
  }

  @Override
  public synchronized void statfs(RequestContext context, long nodeId, StatfsReply reply) {
    reply.blocks = 1 << 20;
    reply.blocksFree = 1 << 19;
    reply.blocksAvailable = 1 << 18;
    reply.files = 1 << 17;
    reply.filesFree = (1L << 17) - nodes.size();
    reply.blockSize = 4096;
    reply.nameLength = 255;
    reply.fragmentSize = 4096;
  }

  @Override
  public synchronized void fallocate(
      RequestContext context, long nodeId, long handle, long offset, long length, int mode)
      throws FileSystemException {
    Node node = node(nodeId);
    checkExtent(offset, length);
    if ((mode & ~19) != 0) {
      throw FileSystemException.of(Errno.EOPNOTSUPP);
    }
    if ((mode & 18) != 0) {
      zero(node, offset, Math.min(offset + length, node.size));
    }
    if ((mode & 1) == 0) {
      node.size = Math.max(node.size, offset + length);
    }
    touch(node);
  }

  @Override
  public synchronized long lseek(
      RequestContext context, long nodeId, long handle, long offset, int whence)
      throws FileSystemException {
    Node node = node(nodeId);
    if (offset < 0 || offset >= node.size) {
      throw FileSystemException.of(Errno.ENXIO);
    }
    long at = offset / BLOCK;
    if (whence == 3) {
      Long data = node.blocks.ceilingKey(at);
      if (data == null) {
        throw FileSystemException.of(Errno.ENXIO);
      }
      return Math.max(offset, data * BLOCK);
    }
    while (node.blocks.containsKey(at)) {
      at++;
    }
    if (at * BLOCK < node.size) {
      return Math.max(offset, at * BLOCK);
    }
    return node.size;
  }

  @Override
  public synchronized long copyFileRange(
      RequestContext context,
      long nodeIn,
      long handleIn,
      long offsetIn,
      long nodeOut,
      long handleOut,
      long offsetOut,
      long length)
      throws FileSystemException {
    int size = (int) Math.min(length, BLOCK);
    long scratch = MEMORY.allocateMemory(BLOCK, false);
    try {
      int count = read(context, nodeIn, handleIn, offsetIn, size, scratch);
      return count == 0 ? 0 : write(context, nodeOut, handleOut, offsetOut, count, scratch, false);
    } finally {
      MEMORY.freeMemory(scratch);
    }
  }

  private static void checkExtent(long offset, long length) throws FileSystemException {
    if (offset < 0 || length < 0 || offset > MAX_SIZE || length > MAX_SIZE) {
      throw FileSystemException.of(Errno.EFBIG);
    }
  }

  private Node node(long id) throws FileSystemException {
    Node node = nodes.get(id);
    if (node == null) {
      throw FileSystemException.of(Errno.ESTALE);
    }
    return node;
  }

  private Node directory(long id) throws FileSystemException {
    Node node = node(id);
    if (!node.isDirectory()) {
      throw FileSystemException.of(Errno.ENOTDIR);
    }
    return node;
  }

  private Node child(Node directory, byte[] name) throws FileSystemException {
    Child child = directory.children.get(key(name));
    if (child == null) {
      throw FileSystemException.of(Errno.ENOENT);
    }
    return node(child.node);
  }

  private Node make(RequestContext context, long parent, Optional<byte[]> name, int mode)
      throws FileSystemException {
    Node directory = directory(parent);
    if (name.isPresent()) {
      if (name.get().length > 255) {
        throw FileSystemException.of(Errno.ENAMETOOLONG);
      }
      if (directory.children.containsKey(key(name.get()))) {
        throw FileSystemException.of(Errno.EEXIST);
      }
    }
    Node node = new Node(nextId++, mode);
    node.uid = context.uid();
    node.gid = (directory.mode & S_ISGID) != 0 ? directory.gid : context.gid();
    node.parent = parent;
    nodes.put(node.id, node);
    if (name.isPresent()) {
      node.links = 1;
      directory.children.put(key(name.get()), new Child(node.id, directory.nextCookie++));
      touch(directory);
    }
    return node;
  }

  private void removeChild(Node directory, byte[] name, Node node) {
    directory.children.remove(key(name));
    touch(directory);
    if (node.isDirectory()) {
      node.links = 0;
      directory.links--;
    } else {
      node.links--;
    }
    node.ctime = Instant.now();
    dropIfUnused(node);
  }

  private void moved(Node node, Node from, Node to) {
    touch(from);
    touch(to);
    node.ctime = Instant.now();
    node.parent = to.id;
    if (node.isDirectory() && from != to) {
      from.links--;
      to.links++;
    }
  }

  private void dropIfUnused(Node node) {
    if (node.id != ROOT && node.links == 0 && node.lookups <= 0 && node.handles == 0) {
      nodes.remove(node.id);
    }
  }

  private boolean add(DirectorySink sink, String name, Node node, long cookie, EntryReply entry) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    int type = node.mode >>> 12;
    if (!sink.wantsAttributes()) {
      return sink.add(bytes, node.id, type, cookie);
    }
    boolean dots = cookie <= 2;
    reply(node, entry);
    if (dots) {
      entry.nodeId = 0;
    }
    boolean added = sink.addWithAttributes(bytes, entry, type, cookie);
    if (!added || dots) {
      node.lookups--;
    }
    return added;
  }

  private void reply(Node node, EntryReply reply) {
    node.lookups++;
    reply.nodeId = node.id;
    reply.generation = 0;
    reply.entryValidNanos = validNanos;
    reply.attributesValidNanos = validNanos;
    fill(node, reply.attributes);
  }

  private static void fill(Node node, InodeAttributes attributes) {
    attributes.inode = node.id;
    attributes.size = node.size;
    attributes.blocks = node.blocks.size() * (long) BLOCK / 512;
    attributes.atimeSeconds = node.atime.getEpochSecond();
    attributes.atimeNanos = node.atime.getNano();
    attributes.mtimeSeconds = node.mtime.getEpochSecond();
    attributes.mtimeNanos = node.mtime.getNano();
    attributes.ctimeSeconds = node.ctime.getEpochSecond();
    attributes.ctimeNanos = node.ctime.getNano();
    attributes.mode = node.mode;
    attributes.linkCount = node.links;
    attributes.uid = node.uid;
    attributes.gid = node.gid;
    attributes.rdev = node.rdev;
    attributes.blockSize = 4096;
  }

  private static void truncate(Node node, long size) {
    if (size < node.size) {
      zero(node, size, node.size);
      node.blocks.tailMap((size + BLOCK - 1) / BLOCK).clear();
    }
    node.size = size;
  }

  private static void zero(Node node, long from, long to) {
    var blocks = node.blocks.subMap(from / BLOCK, (to + BLOCK - 1) / BLOCK);
    for (Map.Entry<Long, byte[]> block : blocks.entrySet()) {
      long start = block.getKey() * BLOCK;
      int first = (int) Math.max(0, from - start);
      Arrays.fill(block.getValue(), first, (int) Math.min(BLOCK, to - start), (byte) 0);
    }
    blocks.keySet().removeIf(index -> index * BLOCK >= from && (index + 1) * BLOCK <= to);
  }

  private static void killSetIds(Node node) {
    node.mode &= ~S_ISUID;
    if ((node.mode & EXECUTE_GROUP) != 0) {
      node.mode &= ~S_ISGID;
    }
  }

  private static void touch(Node node) {
    node.mtime = Instant.now();
    node.ctime = node.mtime;
  }

  private static String key(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
