package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.fusefs.vfs.OpenReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A file system by path, for tests: does what the kernel does, one request at a time. */
final class Fs {
  static final TestContext CONTEXT = TestContext.ROOT;
  final InodeFileSystem view;

  Fs(InodeFileSystem view) {
    this.view = view;
  }

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** Node id of a path; fails with ENOENT. The look-up count is given back. */
  long node(String path) throws FileSystemException {
    long node = 1;
    if (path.isEmpty()) {
      return node;
    }
    for (String part : path.split("/", -1)) {
      EntryReply reply = new EntryReply();
      view.lookup(CONTEXT, node, bytes(part), reply);
      if (reply.nodeId == 0) {
        throw FileSystemException.of(2);
      }
      node = reply.nodeId;
    }
    return node;
  }

  private long parent(String path) throws FileSystemException {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? 1 : node(path.substring(0, slash));
  }

  private static byte[] last(String path) {
    return bytes(path.substring(path.lastIndexOf('/') + 1));
  }

  InodeAttributes stat(String path) throws FileSystemException {
    return stat(node(path));
  }

  InodeAttributes stat(long node) throws FileSystemException {
    InodeAttributes attributes = new InodeAttributes();
    view.getattr(CONTEXT, node, attributes);
    return attributes;
  }

  boolean exists(String path) throws FileSystemException {
    try {
      node(path);
      return true;
    } catch (FileSystemException e) {
      if (e.errno() == 2) {
        return false;
      }
      throw e;
    }
  }

  /** Creates and opens; give it back with {@link #close}. */
  long create(String path) throws FileSystemException {
    EntryReply entry = new EntryReply();
    view.create(CONTEXT, parent(path), last(path), 0644, 0, 2, entry, new OpenReply());
    return entry.nodeId;
  }

  long open(String path) throws FileSystemException {
    long node = node(path);
    view.open(CONTEXT, node, 2, new OpenReply());
    return node;
  }

  void close(long node) throws FileSystemException {
    view.release(CONTEXT, node, 0);
  }

  void mkdir(String path) throws FileSystemException {
    view.mkdir(CONTEXT, parent(path), last(path), 0755, 0, new EntryReply());
  }

  void symlink(String target, String path) throws FileSystemException {
    view.symlink(CONTEXT, parent(path), last(path), bytes(target), new EntryReply());
  }

  String readlink(String path) throws FileSystemException {
    return new String(view.readlink(CONTEXT, node(path)), StandardCharsets.UTF_8);
  }

  void link(String from, String to) throws FileSystemException {
    view.link(CONTEXT, node(from), parent(to), last(to), new EntryReply());
  }

  void unlink(String path) throws FileSystemException {
    log("unlink " + path);
    view.unlink(CONTEXT, parent(path), last(path));
  }

  void rmdir(String path) throws FileSystemException {
    view.rmdir(CONTEXT, parent(path), last(path));
  }

  void rename(String from, String to) throws FileSystemException {
    rename(from, to, 0);
  }

  void rename(String from, String to, int flags) throws FileSystemException {
    log("rename " + from + " " + to + " " + flags);
    view.rename(CONTEXT, parent(from), last(from), parent(to), last(to), flags);
  }

  void truncate(String path, long size) throws FileSystemException {
    truncate(node(path), size);
  }

  static final boolean LOG = Boolean.getBoolean("fs.log");

  static void log(String what) {
    if (LOG) {
      System.out.println(what);
    }
  }

  void truncate(long node, long size) throws FileSystemException {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.SIZE;
    change.size = size;
    log("truncate " + node + " " + size);
    view.setattr(CONTEXT, node, change, new InodeAttributes());
  }

  void chmod(String path, int mode) throws FileSystemException {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.MODE;
    change.mode = mode;
    view.setattr(CONTEXT, node(path), change, new InodeAttributes());
  }

  void write(long node, long offset, byte[] data) throws FileSystemException {
    log("write " + node + " " + offset + " " + data.length);
    long address = NativeMemory.allocate(Math.max(1, data.length));
    try {
      NativeMemory.put(address, data);
      int written = view.write(CONTEXT, node, 0, offset, data.length, address, false);
      if (written != data.length) {
        throw new AssertionError("short write");
      }
    } finally {
      NativeMemory.free(address);
    }
  }

  byte[] read(long node, long offset, int size) throws FileSystemException {
    long address = NativeMemory.allocate(Math.max(1, size));
    try {
      int count = view.read(CONTEXT, node, 0, offset, size, address);
      return NativeMemory.bytes(address, count);
    } finally {
      NativeMemory.free(address);
    }
  }

  void put(String path, String text) throws FileSystemException {
    put(path, bytes(text));
  }

  void put(String path, byte[] data) throws FileSystemException {
    long node = create(path);
    truncate(node, 0);
    write(node, 0, data);
    close(node);
  }

  byte[] get(String path) throws FileSystemException {
    log("get " + path + " = " + node(path));
    long node = open(path);
    byte[] data = read(node, 0, (int) stat(node).size);
    close(node);
    return data;
  }

  String text(String path) throws FileSystemException {
    return new String(get(path), StandardCharsets.UTF_8);
  }

  void fsync(long node) throws FileSystemException {
    view.fsync(CONTEXT, node, 0, false);
  }

  void punch(long node, long offset, long length) throws FileSystemException {
    log("punch " + node + " " + offset + " " + length);
    view.fallocate(CONTEXT, node, 0, offset, length, 3);
  }

  /** Names in a directory, without dots, in the order of the listing, so many a request. */
  List<String> list(String path, int perRequest) throws FileSystemException {
    long node = node(path);
    OpenReply open = new OpenReply();
    view.opendir(CONTEXT, node, 0, open);
    List<String> names = new ArrayList<>();
    long[] cookie = {0};
    int before;
    do {
      before = names.size();
      int limit = perRequest;
      int[] room = {limit};
      view.readdir(
          CONTEXT,
          node,
          open.handle,
          cookie[0],
          new DirectorySink() {
            @Override
            public boolean wantsAttributes() {
              return false;
            }

            @Override
            public boolean add(byte[] name, long inode, int type, long nextCookie) {
              if (room[0]-- == 0) {
                return false;
              }
              names.add(new String(name, StandardCharsets.UTF_8));
              cookie[0] = nextCookie;
              return true;
            }

            @Override
            public boolean addWithAttributes(
                byte[] name, EntryReply entry, int type, long nextCookie) {
              throw new AssertionError();
            }
          });
    } while (names.size() > before);
    view.releasedir(CONTEXT, node, open.handle);
    names.remove(".");
    names.remove("..");
    return names;
  }

  List<String> list(String path) throws FileSystemException {
    return list(path, 100);
  }

  /** Sizes of all files below a path, each as often as it has names there. */
  long bytesBelow(String path) throws FileSystemException {
    long sum = 0;
    for (String name : list(path)) {
      String child = path.isEmpty() ? name : path + "/" + name;
      InodeAttributes a = stat(child);
      if ((a.mode & 0170000) == 0040000) {
        sum += bytesBelow(child);
      } else if ((a.mode & 0170000) == 0100000) {
        sum += a.size;
      }
    }
    return sum;
  }

  /** Every path below {@code path} with what it holds, as text: equal for equal trees. */
  List<String> dump(String path) throws FileSystemException {
    List<String> lines = new ArrayList<>();
    for (String name : list(path, 7)) {
      String child = path.isEmpty() ? name : path + "/" + name;
      InodeAttributes a = stat(child);
      String line = child + " " + Integer.toOctalString(a.mode) + " " + a.linkCount;
      switch (a.mode & 0170000) {
        case 0040000 -> {
          lines.add(line);
          lines.addAll(dump(child));
        }
        case 0120000 -> lines.add(line + " -> " + readlink(child));
        case 0100000 ->
            lines.add(line + " " + a.size + " " + java.util.Arrays.hashCode(get(child)));
        default -> lines.add(line);
      }
    }
    return lines;
  }
}
