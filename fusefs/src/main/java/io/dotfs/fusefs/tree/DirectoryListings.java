package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.tree.ShownTrees.Shown;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The open directories of a view and what they list. Thread safe. */
final class DirectoryListings {
  private final ShownTrees trees;
  private final KernelInodes inodes;
  private final Map<Long, DirectoryHandle> directories = new ConcurrentHashMap<>();
  private final AtomicLong handles = new AtomicLong();

  DirectoryListings(ShownTrees trees, KernelInodes inodes) {
    this.trees = trees;
    this.inodes = inodes;
  }

  /** A handle for listing a directory, for {@link #close}. */
  long open(Inode directory) {
    long handle = handles.incrementAndGet();
    directories.put(handle, new DirectoryHandle(directory.number));
    return handle;
  }

  /** Ends a handle; the number of its inode, if it was made by {@link #open}. */
  Optional<Long> close(long handle) {
    return Optional.ofNullable(directories.remove(handle))
        .map(directory -> directory.inode)
        .filter(number -> number != ShownTrees.ROOT_NODE);
  }

  void closeAll() {
    directories.clear();
  }

  /** Adds entries behind {@code cookie} until the sink is full. */
  void list(long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException, IOException, StoreException {
    DirectoryHandle directory =
        directories.computeIfAbsent(handle, h -> new DirectoryHandle(nodeId));
    // An open root stays in the tree that was shown when it was opened.
    long node =
        nodeId == ShownTrees.ROOT_NODE && directory.inode != ShownTrees.ROOT_NODE
            ? directory.inode
            : nodeId;
    Shown in = trees.of(node);
    Inode inode = in.inode(node);
    if (addDots(in, inode, cookie, sink)) {
      addEntries(in, inode, directory, cookie, sink);
    }
  }

  private static boolean addDots(Shown in, Inode inode, long cookie, DirectorySink sink) {
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
    DirectoryHandle.Position position = directory.after(cookie);
    byte[] after = position.name();
    int skip = position.skip();
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
        if (skip > 0) {
          skip--;
          continue;
        }
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
    Optional<Inode> inode = in.tree().inodes().acquire(entry.inode());
    if (inode.isEmpty()) {
      return true;
    }
    try {
      inodes.tell(in, inode.get(), reply);
      if (sink.addWithAttributes(entry.name(), reply, entry.type(), cookie)) {
        return true;
      }
      inodes.takeBack(inode.get());
      return false;
    } finally {
      in.tree().inodes().release(inode.get(), 1);
    }
  }
}
