package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.BatchForgetIn;
import io.dotfs.fusefs.kernel.FuseLayout.ForgetIn;
import io.dotfs.fusefs.kernel.FuseLayout.ForgetOne;
import io.dotfs.fusefs.kernel.FuseLayout.InterruptIn;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;

/**
 * Calls the file system for a decoded request. What comes back is the length of the payload in the
 * worker's reply, or {@link Reply#NONE}. Thread safe; all state is the worker's.
 */
final class Dispatcher {
  private final InodeFileSystem fileSystem;
  private final FuseSession session;
  private final NameOperations names;
  private final FileOperations files;
  private final AttributeOperations attributes;

  Dispatcher(FuseSession session, InodeFileSystem fileSystem, NameOperations names) {
    this.session = session;
    this.fileSystem = fileSystem;
    this.names = names;
    this.files = new FileOperations(fileSystem);
    this.attributes = new AttributeOperations(session, fileSystem);
  }

  /** The first request of a mount: nothing but INIT is served before it is answered. */
  int dispatch(int opcode, Worker worker) throws FileSystemException {
    return switch (opcode) {
      case Opcode.GETATTR -> attributes.getattr(worker);
      case Opcode.LOOKUP -> names.lookup(worker);
      case Opcode.READ -> files.read(worker);
      case Opcode.WRITE -> files.write(worker);
      case Opcode.FORGET -> forget(worker);
      case Opcode.BATCH_FORGET -> batchForget(worker);
      case Opcode.INTERRUPT -> interrupt(worker);
      case Opcode.SETATTR -> attributes.setattr(worker);
      case Opcode.STATFS -> attributes.statfs(worker);
      case Opcode.GETXATTR -> attributes.getxattr(worker);
      case Opcode.LISTXATTR -> attributes.listxattr(worker);
      case Opcode.SETXATTR -> attributes.setxattr(worker, session.extendedSetxattr());
      case Opcode.REMOVEXATTR -> attributes.removexattr(worker);
      case Opcode.READLINK -> names.readlink(worker);
      case Opcode.SYMLINK -> names.symlink(worker);
      case Opcode.MKNOD -> names.mknod(worker);
      case Opcode.MKDIR -> names.mkdir(worker);
      case Opcode.UNLINK -> names.unlink(worker);
      case Opcode.RMDIR -> names.rmdir(worker);
      case Opcode.RENAME -> names.rename(worker);
      case Opcode.RENAME2 -> names.rename2(worker);
      case Opcode.LINK -> names.link(worker);
      case Opcode.CREATE -> names.create(worker);
      case Opcode.TMPFILE -> names.tmpfile(worker);
      case Opcode.OPENDIR -> names.opendir(worker);
      case Opcode.READDIR -> names.readdir(worker, false);
      case Opcode.READDIRPLUS -> names.readdir(worker, true);
      case Opcode.RELEASEDIR -> names.releasedir(worker);
      case Opcode.FSYNCDIR -> names.fsyncdir(worker);
      case Opcode.OPEN -> files.open(worker);
      case Opcode.FLUSH -> files.flush(worker);
      case Opcode.RELEASE -> files.release(worker);
      case Opcode.FSYNC -> files.fsync(worker);
      case Opcode.FALLOCATE -> files.fallocate(worker);
      case Opcode.LSEEK -> files.lseek(worker);
      case Opcode.COPY_FILE_RANGE -> files.copyFileRange(worker);
      case Opcode.COPY_FILE_RANGE_64 -> files.copyFileRange64(worker);
      case Opcode.INIT -> session.handshake(worker);
      case Opcode.DESTROY -> 0;
      case Opcode.NOTIFY_REPLY -> Reply.NONE;
      case Opcode.IOCTL -> throw FileSystemException.of(Errno.ENOTTY);
      // Answered once each: the kernel then does without (STATX: GETATTR; ACCESS: the modes).
      default -> throw FileSystemException.of(Errno.ENOSYS);
    };
  }

  private int forget(Worker worker) {
    Request request = worker.request;
    if (request.payloadLength() >= ForgetIn.SIZEOF) {
      fileSystem.forget(request.nodeId(), request.longAt(ForgetIn.NLOOKUP));
    }
    return Reply.NONE;
  }

  private int batchForget(Worker worker) {
    Request request = worker.request;
    if (request.payloadLength() < BatchForgetIn.SIZEOF) {
      return Reply.NONE;
    }
    int room = (request.payloadLength() - BatchForgetIn.SIZEOF) / ForgetOne.SIZEOF;
    long count = Math.min(Integer.toUnsignedLong(request.intAt(BatchForgetIn.COUNT)), room);
    for (int i = 0; i < count; i++) {
      int at = BatchForgetIn.SIZEOF + i * ForgetOne.SIZEOF;
      fileSystem.forget(
          request.longAt(at + ForgetOne.NODEID), request.longAt(at + ForgetOne.NLOOKUP));
    }
    return Reply.NONE;
  }

  @SuppressWarnings("ThreadPriorityCheck") // Gives way once; nothing depends on it.
  private int interrupt(Worker worker) throws FileSystemException {
    Request request = worker.request;
    if (request.payloadLength() < InterruptIn.SIZEOF) {
      return Reply.NONE;
    }
    if (session.interrupt(request.longAt(InterruptIn.UNIQUE))) {
      return Reply.NONE;
    }
    // Its reader may not have got around to it: EAGAIN has the kernel ask again if it is in flight.
    Thread.yield();
    throw FileSystemException.of(Errno.EAGAIN);
  }
}
