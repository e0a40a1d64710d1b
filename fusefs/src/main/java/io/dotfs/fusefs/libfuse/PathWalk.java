package io.dotfs.fusefs.libfuse;

import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.fusefs.vfs.RequestContext;
import java.nio.charset.Charset;

/**
 * From paths to node ids. INVARIANT: each node handed to an {@link Action} is held by one look-up
 * of ours, given back when the action returns; whatever else is looked up on the way is given back
 * at once. The root needs none.
 */
final class PathWalk {
  static final long ROOT = 1;

  /** What is done with a node. */
  interface Action {
    int on(RequestContext context, long nodeId) throws FileSystemException;
  }

  /** What is done with a name in a directory. */
  interface NameAction {
    int on(RequestContext context, long parent, byte[] name) throws FileSystemException;
  }

  private final InodeFileSystem fileSystem;

  PathWalk(InodeFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** Runs {@code action} on the inode at {@code path}. */
  int with(RequestContext context, String path, Action action) throws FileSystemException {
    long node = hold(context, path);
    try {
      return action.on(context, node);
    } finally {
      release(node);
    }
  }

  /** Runs {@code action} on the directory that {@code path} lies in, and its last name. */
  int withParent(RequestContext context, String path, NameAction action)
      throws FileSystemException {
    int slash = path.lastIndexOf('/');
    return with(
        context,
        path.substring(0, slash),
        (caller, parent) -> action.on(caller, parent, bytes(path.substring(slash + 1))));
  }

  /** Looks a path up; the caller gives the node back by {@link #release}. */
  long hold(RequestContext context, String path) throws FileSystemException {
    EntryReply entry = new EntryReply();
    long node = ROOT;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      entry.nodeId = 0;
      try {
        fileSystem.lookup(context, node, bytes(name), entry);
      } finally {
        release(node);
      }
      if (entry.nodeId == 0) {
        throw FileSystemException.of(Errno.ENOENT);
      }
      node = entry.nodeId;
    }
    return node;
  }

  void release(long node) {
    if (node != ROOT && node != 0) {
      fileSystem.forget(node, 1);
    }
  }

  /** As jnr-ffi turned them into text. */
  static byte[] bytes(String text) {
    return text.getBytes(Charset.defaultCharset());
  }
}
