package io.dotfs.fusefs.libfuse;

import io.dotfs.fusefs.libfuse.PathWalk.Action;
import io.dotfs.fusefs.libfuse.PathWalk.NameAction;
import io.dotfs.fusefs.mount.ServedMount;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.fusefs.vfs.StatfsReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseContext;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/**
 * An inode file system as libfuse's operations on paths. Each returns 0, a count, or a negative
 * errno. Longer than most classes because jnr-fuse takes all operations from one.
 */
final class PathFileSystem extends FuseStubFS {
  private static final Logger LOG = LoggerFactory.getLogger(PathFileSystem.class);
  private static final int UTIME_NOW = 0x3fff_ffff;
  private static final int UTIME_OMIT = 0x3fff_fffe;
  private static final int TYPE_SHIFT = 12;
  private static final int PERMISSIONS = 0xfff;
  private static final int READY_POLL_MILLIS = 20;

  /** A call that may fail. */
  private interface Call {
    int run(RequestContext context) throws FileSystemException;
  }

  /** An open file or directory, which holds one look-up of its node. */
  private record OpenFile(long node, long handle) {}

  /** What is done with something open. */
  private interface FileAction {
    int on(RequestContext context, OpenFile file) throws FileSystemException;
  }

  /** {@code open} or {@code opendir} of a file system. */
  private interface Opener {
    void open(RequestContext context, long node, int flags, OpenReply reply)
        throws FileSystemException;
  }

  /** {@code release} or {@code releasedir} of a file system. */
  private interface Closer {
    void close(RequestContext context, long node, long handle) throws FileSystemException;
  }

  /** What makes an inode or a link with a name. */
  private interface Maker {
    void make(RequestContext context, long parent, byte[] name, EntryReply entry)
        throws FileSystemException;
  }

  private final InodeFileSystem fileSystem;
  private final PathWalk paths;
  private final Map<Long, OpenFile> open = new ConcurrentHashMap<>();
  private final AtomicLong nextHandle = new AtomicLong(1);
  private final CountDownLatch ready = new CountDownLatch(1);

  PathFileSystem(InodeFileSystem fileSystem) {
    this.fileSystem = fileSystem;
    this.paths = new PathWalk(fileSystem);
  }

  /** Waits until the kernel uses the mount; returns false if {@code service} ends before. */
  boolean awaitReady(ServedMount.Service service, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!ready.await(READY_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (service.ended() || System.nanoTime() - deadline >= 0) {
        return false;
      }
    }
    return true;
  }

  /** The loop has ended. */
  void end() {
    if (ready.getCount() == 0) {
      fileSystem.unmounted();
    }
  }

  @Override
  protected String getFSName() {
    return "dotfs";
  }

  @Override
  public Pointer init(Pointer connection) {
    fileSystem.mounted(new NoKernelCache());
    ready.countDown();
    return connection;
  }

  @Override
  public int getattr(String path, FileStat stat) {
    return onNode(path, (context, node) -> attributes(context, node, stat));
  }

  @Override
  public int fgetattr(String path, FileStat stat, FuseFileInfo info) {
    return onFile(info, (context, file) -> attributes(context, file.node, stat));
  }

  @Override
  public int readlink(String path, Pointer buffer, long size) {
    return onNode(
        path,
        (context, node) -> {
          byte[] target = fileSystem.readlink(context, node);
          int length = (int) Math.min(target.length, size - 1);
          buffer.put(0, target, 0, length);
          buffer.putByte(length, (byte) 0);
          return 0;
        });
  }

  @Override
  public int mknod(String path, long mode, long device) {
    return make(
        path,
        (context, parent, name, entry) ->
            fileSystem.mknod(context, parent, name, (int) mode, (int) device, 0, entry));
  }

  @Override
  public int mkdir(String path, long mode) {
    return make(
        path,
        (context, parent, name, entry) ->
            fileSystem.mkdir(context, parent, name, (int) mode & PERMISSIONS, 0, entry));
  }

  @Override
  public int unlink(String path) {
    return onName(
        path,
        (context, parent, name) -> {
          fileSystem.unlink(context, parent, name);
          return 0;
        });
  }

  @Override
  public int rmdir(String path) {
    return onName(
        path,
        (context, parent, name) -> {
          fileSystem.rmdir(context, parent, name);
          return 0;
        });
  }

  @Override
  public int symlink(String target, String path) {
    return make(
        path,
        (context, parent, name, entry) ->
            fileSystem.symlink(context, parent, name, PathWalk.bytes(target), entry));
  }

  @Override
  public int rename(String path, String newPath) {
    return onName(
        path,
        (context, parent, name) ->
            paths.withParent(
                context,
                newPath,
                (caller, newParent, newName) -> {
                  fileSystem.rename(caller, parent, name, newParent, newName, 0);
                  return 0;
                }));
  }

  @Override
  public int link(String path, String newPath) {
    return onNode(
        path,
        (context, node) ->
            make(
                context,
                newPath,
                (caller, parent, name, entry) ->
                    fileSystem.link(caller, node, parent, name, entry)));
  }

  @Override
  public int chmod(String path, long mode) {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.MODE;
    change.mode = (int) mode;
    return change(path, change);
  }

  @Override
  public int chown(String path, long uid, long gid) {
    AttributeChange change = new AttributeChange();
    change.uid = (int) uid;
    change.gid = (int) gid;
    change.valid =
        (change.uid == -1 ? 0 : AttributeChange.UID) | (change.gid == -1 ? 0 : AttributeChange.GID);
    return change(path, change);
  }

  @Override
  public int truncate(String path, long size) {
    AttributeChange change = new AttributeChange();
    change.valid = AttributeChange.SIZE;
    change.size = size;
    return change(path, change);
  }

  @Override
  public int ftruncate(String path, long size, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          AttributeChange change = new AttributeChange();
          change.valid = AttributeChange.SIZE | AttributeChange.HANDLE;
          change.size = size;
          change.handle = file.handle;
          fileSystem.setattr(context, file.node, change, new InodeAttributes());
          return 0;
        });
  }

  @Override
  public int utimens(String path, Timespec[] times) {
    AttributeChange change = new AttributeChange();
    change.atimeSeconds = times[0].tv_sec.get();
    change.atimeNanos = (int) times[0].tv_nsec.longValue();
    change.mtimeSeconds = times[1].tv_sec.get();
    change.mtimeNanos = (int) times[1].tv_nsec.longValue();
    change.valid =
        timeBits(change.atimeNanos, AttributeChange.ATIME, AttributeChange.ATIME_NOW)
            | timeBits(change.mtimeNanos, AttributeChange.MTIME, AttributeChange.MTIME_NOW);
    return change(path, change);
  }

  private static int timeBits(int nanos, int set, int now) {
    if (nanos == UTIME_OMIT) {
      return 0;
    }
    return nanos == UTIME_NOW ? set | now : set;
  }

  @Override
  public int open(String path, FuseFileInfo info) {
    return keepOpen(path, info, fileSystem::open);
  }

  @Override
  public int opendir(String path, FuseFileInfo info) {
    return keepOpen(path, info, fileSystem::opendir);
  }

  @Override
  public int create(String path, long mode, FuseFileInfo info) {
    return onName(
        path,
        (context, parent, name) -> {
          EntryReply entry = new EntryReply();
          OpenReply reply = new OpenReply();
          int permissions = (int) mode & PERMISSIONS;
          fileSystem.create(context, parent, name, permissions, 0, info.flags.get(), entry, reply);
          remember(info, new OpenFile(entry.nodeId, reply.handle));
          return 0;
        });
  }

  @Override
  public int read(String path, Pointer buffer, long size, long offset, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          return fileSystem.read(
              context, file.node, file.handle, offset, (int) size, buffer.address());
        });
  }

  @Override
  public int write(String path, Pointer buffer, long size, long offset, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          return fileSystem.write(
              context, file.node, file.handle, offset, (int) size, buffer.address(), false);
        });
  }

  @Override
  public int flush(String path, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          fileSystem.flush(context, file.node, file.handle);
          return 0;
        });
  }

  @Override
  public int release(String path, FuseFileInfo info) {
    return closed(info, fileSystem::release);
  }

  @Override
  public int releasedir(String path, FuseFileInfo info) {
    return closed(info, fileSystem::releasedir);
  }

  @Override
  public int fsync(String path, int dataOnly, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          fileSystem.fsync(context, file.node, file.handle, dataOnly != 0);
          return 0;
        });
  }

  /**
   * jnr-fuse leaves one of the three arguments of C's out, so that {@code info} is no address, but
   * the flag for data alone: whoever looks at it ends the process.
   */
  @Override
  public int fsyncdir(String path, FuseFileInfo info) {
    return onNode(
        path,
        (context, node) -> {
          fileSystem.fsyncdir(context, node, 0, false);
          return 0;
        });
  }

  @Override
  public int readdir(
      String path, Pointer buffer, FuseFillDir filler, long offset, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          fileSystem.readdir(context, file.node, file.handle, 0, new Filler(buffer, filler));
          return 0;
        });
  }

  @Override
  public int statfs(String path, Statvfs figures) {
    return onNode(
        path,
        (context, node) -> {
          StatfsReply reply = new StatfsReply();
          fileSystem.statfs(context, node, reply);
          figures.f_bsize.set(reply.blockSize);
          figures.f_frsize.set(reply.fragmentSize);
          figures.f_blocks.set(reply.blocks);
          figures.f_bfree.set(reply.blocksFree);
          figures.f_bavail.set(reply.blocksAvailable);
          figures.f_files.set(reply.files);
          figures.f_ffree.set(reply.filesFree);
          figures.f_favail.set(reply.filesFree);
          figures.f_namemax.set(reply.nameLength);
          return 0;
        });
  }

  @Override
  public int setxattr(String path, String name, Pointer value, long size, int flags) {
    return onNode(
        path,
        (context, node) -> {
          byte[] bytes = new byte[(int) size];
          value.get(0, bytes, 0, bytes.length);
          fileSystem.setxattr(context, node, PathWalk.bytes(name), bytes, flags, false);
          return 0;
        });
  }

  @Override
  public int getxattr(String path, String name, Pointer buffer, long size) {
    return onNode(
        path,
        (context, node) ->
            sized(fileSystem.getxattr(context, node, PathWalk.bytes(name)), buffer, size));
  }

  @Override
  public int listxattr(String path, Pointer buffer, long size) {
    return onNode(
        path, (context, node) -> sized(fileSystem.listxattr(context, node), buffer, size));
  }

  @Override
  public int removexattr(String path, String name) {
    return onNode(
        path,
        (context, node) -> {
          fileSystem.removexattr(context, node, PathWalk.bytes(name));
          return 0;
        });
  }

  @Override
  public int fallocate(String path, int mode, long offset, long length, FuseFileInfo info) {
    return onFile(
        info,
        (context, file) -> {
          fileSystem.fallocate(context, file.node, file.handle, offset, length, mode);
          return 0;
        });
  }

  /** libfuse takes a listing as a whole and hands it out in parts by itself. */
  private record Filler(Pointer buffer, FuseFillDir filler) implements DirectorySink {
    @Override
    public boolean wantsAttributes() {
      return false;
    }

    @Override
    public boolean add(byte[] name, long inode, int type, long nextCookie) {
      // The copy ends with the NUL that C wants.
      ByteBuffer string = ByteBuffer.wrap(Arrays.copyOf(name, name.length + 1));
      FileStat stat = new FileStat(buffer.getRuntime());
      stat.st_ino.set(inode);
      stat.st_mode.set(type << TYPE_SHIFT);
      return filler.apply(buffer, string, jnr.ffi.Struct.getMemory(stat), 0) == 0;
    }

    @Override
    public boolean addWithAttributes(byte[] name, EntryReply entry, int type, long nextCookie) {
      throw new IllegalStateException("this listing takes no attributes");
    }
  }

  /** Makes something with a name, and gives back the look-up that comes with it. */
  private int make(RequestContext context, String path, Maker maker) throws FileSystemException {
    return paths.withParent(
        context,
        path,
        (caller, parent, name) -> {
          EntryReply entry = new EntryReply();
          maker.make(caller, parent, name, entry);
          paths.release(entry.nodeId);
          return 0;
        });
  }

  private int make(String path, Maker maker) {
    return call(context -> make(context, path, maker));
  }

  private int keepOpen(String path, FuseFileInfo info, Opener opener) {
    return call(
        context -> {
          long node = paths.hold(context, path);
          boolean kept = false;
          try {
            OpenReply reply = new OpenReply();
            opener.open(context, node, info.flags.get(), reply);
            remember(info, new OpenFile(node, reply.handle));
            kept = true;
            return 0;
          } finally {
            if (!kept) {
              paths.release(node);
            }
          }
        });
  }

  private int closed(FuseFileInfo info, Closer closer) {
    return onFile(
        info,
        (context, file) -> {
          open.remove(info.fh.longValue());
          try {
            closer.close(context, file.node, file.handle);
          } finally {
            paths.release(file.node);
          }
          return 0;
        });
  }

  private void remember(FuseFileInfo info, OpenFile file) {
    long id = nextHandle.getAndIncrement();
    open.put(id, file);
    info.fh.set(id);
  }

  private OpenFile file(FuseFileInfo info) throws FileSystemException {
    OpenFile file = open.get(info.fh.longValue());
    if (file == null) {
      throw FileSystemException.of(Errno.EBADF);
    }
    return file;
  }

  private int change(String path, AttributeChange change) {
    return onNode(
        path,
        (context, node) -> {
          fileSystem.setattr(context, node, change, new InodeAttributes());
          return 0;
        });
  }

  private int attributes(RequestContext context, long node, FileStat stat)
      throws FileSystemException {
    InodeAttributes attributes = new InodeAttributes();
    fileSystem.getattr(context, node, attributes);
    stat.st_ino.set(attributes.inode);
    stat.st_mode.set(attributes.mode);
    stat.st_nlink.set(attributes.linkCount);
    stat.st_uid.set(attributes.uid);
    stat.st_gid.set(attributes.gid);
    stat.st_rdev.set(attributes.rdev);
    stat.st_size.set(attributes.size);
    stat.st_blksize.set(attributes.blockSize);
    stat.st_blocks.set(attributes.blocks);
    stat.st_atim.tv_sec.set(attributes.atimeSeconds);
    stat.st_atim.tv_nsec.set(attributes.atimeNanos);
    stat.st_mtim.tv_sec.set(attributes.mtimeSeconds);
    stat.st_mtim.tv_nsec.set(attributes.mtimeNanos);
    stat.st_ctim.tv_sec.set(attributes.ctimeSeconds);
    stat.st_ctim.tv_nsec.set(attributes.ctimeNanos);
    return 0;
  }

  private static int sized(byte[] value, Pointer buffer, long size) throws FileSystemException {
    if (size == 0) {
      return value.length;
    }
    if (size < value.length) {
      throw FileSystemException.of(Errno.ERANGE);
    }
    buffer.put(0, value, 0, value.length);
    return value.length;
  }

  private int onNode(String path, Action action) {
    return call(context -> paths.with(context, path, action));
  }

  private int onFile(FuseFileInfo info, FileAction action) {
    return call(context -> action.on(context, file(info)));
  }

  private int onName(String path, NameAction action) {
    return call(context -> paths.withParent(context, path, action));
  }

  private int call(Call call) {
    try {
      FuseContext caller = getContext();
      return call.run(
          new CallContext((int) caller.uid.get(), (int) caller.gid.get(), (int) caller.pid.get()));
    } catch (FileSystemException e) {
      return -e.errno();
    } catch (RuntimeException | Error e) {
      // An exception that reached libfuse's C frames would end the process.
      LOG.error("a request failed", e);
      return -Errno.EIO;
    }
  }
}
