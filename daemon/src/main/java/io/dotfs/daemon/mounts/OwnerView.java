package io.dotfs.daemon.mounts;

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

/**
 * Shows all files of a file system as one owner's. The recorded owners stay: a change of owner to
 * the one that is shown does nothing, and to any other is EPERM. What is made here is recorded as
 * its maker's. As thread safe as what is beneath.
 */
final class OwnerView implements InodeFileSystem {
  private final InodeFileSystem files;
  private final int uid;
  private final int gid;

  OwnerView(InodeFileSystem files, int uid, int gid) {
    this.files = files;
    this.uid = uid;
    this.gid = gid;
  }

  private void show(InodeAttributes attributes) {
    attributes.uid = uid;
    attributes.gid = gid;
  }

  private void show(EntryReply reply) {
    show(reply.attributes);
  }

  @Override
  public void mounted(KernelCache kernel) {
    files.mounted(kernel);
  }

  @Override
  public void unmounted() {
    files.unmounted();
  }

  @Override
  public void lookup(RequestContext context, long parent, byte[] name, EntryReply reply)
      throws FileSystemException {
    files.lookup(context, parent, name, reply);
    show(reply);
  }

  @Override
  public void forget(long nodeId, long lookups) {
    files.forget(nodeId, lookups);
  }

  @Override
  public long getattr(RequestContext context, long nodeId, InodeAttributes reply)
      throws FileSystemException {
    long valid = files.getattr(context, nodeId, reply);
    show(reply);
    return valid;
  }

  @Override
  public long setattr(
      RequestContext context, long nodeId, AttributeChange change, InodeAttributes reply)
      throws FileSystemException {
    boolean otherUser = change.has(AttributeChange.UID) && change.uid != uid;
    boolean otherGroup = change.has(AttributeChange.GID) && change.gid != gid;
    if (otherUser || otherGroup) {
      throw FileSystemException.of(Errno.EPERM);
    }
    change.valid &= ~(AttributeChange.UID | AttributeChange.GID);
    long valid =
        change.valid == 0
            ? files.getattr(context, nodeId, reply)
            : files.setattr(context, nodeId, change, reply);
    show(reply);
    return valid;
  }

  @Override
  public byte[] readlink(RequestContext context, long nodeId) throws FileSystemException {
    return files.readlink(context, nodeId);
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
    files.mknod(context, parent, name, mode, rdev, umask, reply);
    show(reply);
  }

  @Override
  public void mkdir(
      RequestContext context, long parent, byte[] name, int mode, int umask, EntryReply reply)
      throws FileSystemException {
    files.mkdir(context, parent, name, mode, umask, reply);
    show(reply);
  }

  @Override
  public void symlink(
      RequestContext context, long parent, byte[] name, byte[] target, EntryReply reply)
      throws FileSystemException {
    files.symlink(context, parent, name, target, reply);
    show(reply);
  }

  @Override
  public void link(
      RequestContext context, long nodeId, long newParent, byte[] newName, EntryReply reply)
      throws FileSystemException {
    files.link(context, nodeId, newParent, newName, reply);
    show(reply);
  }

  @Override
  public void unlink(RequestContext context, long parent, byte[] name) throws FileSystemException {
    files.unlink(context, parent, name);
  }

  @Override
  public void rmdir(RequestContext context, long parent, byte[] name) throws FileSystemException {
    files.rmdir(context, parent, name);
  }

  @Override
  public void rename(
      RequestContext context, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FileSystemException {
    files.rename(context, parent, name, newParent, newName, flags);
  }

  @Override
  public void open(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    files.open(context, nodeId, flags, reply);
  }

  @Override
  public void create(
      RequestContext context,
      long parent,
      byte[] name,
      int mode,
      int umask,
      int flags,
      EntryReply entry,
      OpenReply open)
      throws FileSystemException {
    files.create(context, parent, name, mode, umask, flags, entry, open);
    show(entry);
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
    files.tmpfile(context, parent, mode, umask, flags, entry, open);
    show(entry);
  }

  @Override
  public int read(
      RequestContext context, long nodeId, long handle, long offset, int size, long address)
      throws FileSystemException {
    return files.read(context, nodeId, handle, offset, size, address);
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
    return files.write(context, nodeId, handle, offset, size, address, killSuidGid);
  }

  @Override
  public void flush(RequestContext context, long nodeId, long handle) throws FileSystemException {
    files.flush(context, nodeId, handle);
  }

  @Override
  public void release(RequestContext context, long nodeId, long handle) throws FileSystemException {
    files.release(context, nodeId, handle);
  }

  @Override
  public void fsync(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {
    files.fsync(context, nodeId, handle, dataOnly);
  }

  @Override
  public void opendir(RequestContext context, long nodeId, int flags, OpenReply reply)
      throws FileSystemException {
    files.opendir(context, nodeId, flags, reply);
  }

  @Override
  public void readdir(
      RequestContext context, long nodeId, long handle, long cookie, DirectorySink sink)
      throws FileSystemException {
    files.readdir(context, nodeId, handle, cookie, new OwnerSink(sink));
  }

  private final class OwnerSink implements DirectorySink {
    private final DirectorySink sink;

    OwnerSink(DirectorySink sink) {
      this.sink = sink;
    }

    @Override
    public boolean wantsAttributes() {
      return sink.wantsAttributes();
    }

    @Override
    public boolean add(byte[] name, long inode, int type, long nextCookie) {
      return sink.add(name, inode, type, nextCookie);
    }

    @Override
    public boolean addWithAttributes(byte[] name, EntryReply entry, int type, long nextCookie) {
      show(entry);
      return sink.addWithAttributes(name, entry, type, nextCookie);
    }
  }

  @Override
  public void releasedir(RequestContext context, long nodeId, long handle)
      throws FileSystemException {
    files.releasedir(context, nodeId, handle);
  }

  @Override
  public void fsyncdir(RequestContext context, long nodeId, long handle, boolean dataOnly)
      throws FileSystemException {
    files.fsyncdir(context, nodeId, handle, dataOnly);
  }

  @Override
  public byte[] getxattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    return files.getxattr(context, nodeId, name);
  }

  @Override
  public byte[] listxattr(RequestContext context, long nodeId) throws FileSystemException {
    return files.listxattr(context, nodeId);
  }

  @Override
  public void setxattr(
      RequestContext context, long nodeId, byte[] name, byte[] value, int flags, boolean killSgid)
      throws FileSystemException {
    files.setxattr(context, nodeId, name, value, flags, killSgid);
  }

  @Override
  public void removexattr(RequestContext context, long nodeId, byte[] name)
      throws FileSystemException {
    files.removexattr(context, nodeId, name);
  }

  @Override
  public void statfs(RequestContext context, long nodeId, StatfsReply reply)
      throws FileSystemException {
    files.statfs(context, nodeId, reply);
  }

  @Override
  public void fallocate(
      RequestContext context, long nodeId, long handle, long offset, long length, int mode)
      throws FileSystemException {
    files.fallocate(context, nodeId, handle, offset, length, mode);
  }

  @Override
  public long lseek(RequestContext context, long nodeId, long handle, long offset, int whence)
      throws FileSystemException {
    return files.lseek(context, nodeId, handle, offset, whence);
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
    return files.copyFileRange(
        context, nodeIn, handleIn, offsetIn, nodeOut, handleOut, offsetOut, length);
  }
}
