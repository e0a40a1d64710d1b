package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.GetxattrIn;
import io.dotfs.fusefs.kernel.FuseLayout.SetattrIn;
import io.dotfs.fusefs.kernel.FuseLayout.SetxattrIn;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;

/** Requests on attributes, plain and extended. Thread safe; all state is the worker's. */
final class AttributeOperations {
  /** XATTR_SIZE_MAX of Linux. */
  private static final int MAX_VALUE = 65_536;

  private static final long ROOT = 1;

  private final FuseSession session;
  private final InodeFileSystem fileSystem;

  AttributeOperations(FuseSession session, InodeFileSystem fileSystem) {
    this.session = session;
    this.fileSystem = fileSystem;
  }

  int getattr(Worker worker) throws FileSystemException {
    long nodeId = worker.request.nodeId();
    // Asked first: what changes after the answer was made up is then told to the kernel.
    boolean keep = nodeId != ROOT || session.rootAnnounced();
    long validNanos = fileSystem.getattr(worker, nodeId, worker.attributes);
    return worker.reply.attributes(keep ? validNanos : 0, worker.attributes);
  }

  int setattr(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(SetattrIn.SIZEOF);
    AttributeChange change = worker.change;
    change.valid = request.intAt(SetattrIn.VALID);
    change.handle = request.longAt(SetattrIn.FH);
    change.size = request.longAt(SetattrIn.SIZE);
    change.atimeSeconds = request.longAt(SetattrIn.ATIME);
    change.atimeNanos = request.intAt(SetattrIn.ATIMENSEC);
    change.mtimeSeconds = request.longAt(SetattrIn.MTIME);
    change.mtimeNanos = request.intAt(SetattrIn.MTIMENSEC);
    change.ctimeSeconds = request.longAt(SetattrIn.CTIME);
    change.ctimeNanos = request.intAt(SetattrIn.CTIMENSEC);
    change.mode = request.intAt(SetattrIn.MODE);
    change.uid = request.intAt(SetattrIn.UID);
    change.gid = request.intAt(SetattrIn.GID);
    if (change.has(AttributeChange.SIZE) && change.size < 0) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    boolean keep = request.nodeId() != ROOT || session.rootAnnounced();
    long validNanos = fileSystem.setattr(worker, request.nodeId(), change, worker.attributes);
    return worker.reply.attributes(keep ? validNanos : 0, worker.attributes);
  }

  int statfs(Worker worker) throws FileSystemException {
    fileSystem.statfs(worker, worker.request.nodeId(), worker.figures);
    return worker.reply.statfs(worker.figures);
  }

  int getxattr(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(GetxattrIn.SIZEOF);
    byte[] name = request.string();
    return sized(worker, fileSystem.getxattr(worker, request.nodeId(), name));
  }

  int listxattr(Worker worker) throws FileSystemException {
    worker.request.structure(GetxattrIn.SIZEOF);
    return sized(worker, fileSystem.listxattr(worker, worker.request.nodeId()));
  }

  /**
   * @param extended SETXATTR_EXT was agreed on
   */
  int setxattr(Worker worker, boolean extended) throws FileSystemException {
    Request request = worker.request;
    request.structure(extended ? SetxattrIn.SIZEOF : SetxattrIn.COMPAT_SIZE);
    int size = request.intAt(SetxattrIn.SIZE);
    if (size < 0 || size > MAX_VALUE) {
      throw FileSystemException.of(Errno.E2BIG);
    }
    boolean killSetGroupId =
        extended
            && (request.intAt(SetxattrIn.SETXATTR_FLAGS) & ProtocolFlags.SETXATTR_ACL_KILL_SGID)
                != 0;
    byte[] name = request.string();
    fileSystem.setxattr(
        worker,
        request.nodeId(),
        name,
        request.bytes(size),
        request.intAt(SetxattrIn.FLAGS),
        killSetGroupId);
    return 0;
  }

  int removexattr(Worker worker) throws FileSystemException {
    Request request = worker.request;
    fileSystem.removexattr(worker, request.nodeId(), request.string());
    return 0;
  }

  /** The value itself, or its size if the caller asks with room for nothing. */
  private static int sized(Worker worker, byte[] value) throws FileSystemException {
    int room = worker.request.intAt(GetxattrIn.SIZE);
    if (room == 0) {
      return worker.reply.attributeSize(value.length);
    }
    if (Integer.toUnsignedLong(room) < value.length) {
      throw FileSystemException.of(Errno.ERANGE);
    }
    return worker.reply.bytes(value);
  }
}
