package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.CopyFileRangeIn;
import io.dotfs.fusefs.kernel.FuseLayout.FallocateIn;
import io.dotfs.fusefs.kernel.FuseLayout.FlushIn;
import io.dotfs.fusefs.kernel.FuseLayout.FsyncIn;
import io.dotfs.fusefs.kernel.FuseLayout.LseekIn;
import io.dotfs.fusefs.kernel.FuseLayout.OpenIn;
import io.dotfs.fusefs.kernel.FuseLayout.ReadIn;
import io.dotfs.fusefs.kernel.FuseLayout.ReleaseIn;
import io.dotfs.fusefs.kernel.FuseLayout.WriteIn;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;

/** Requests on open files and their content. Thread safe; all state is the worker's. */
final class FileOperations {
  /** Most that one copy may answer in 32 bits, in whole pages. */
  private static final long MAX_COPY = 0x7fff_f000L;

  private final InodeFileSystem fileSystem;

  FileOperations(InodeFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  int open(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(OpenIn.SIZEOF);
    NameOperations.clear(worker);
    fileSystem.open(worker, request.nodeId(), request.intAt(OpenIn.FLAGS), worker.open);
    return worker.reply.open(worker.open);
  }

  int read(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(ReadIn.SIZEOF);
    int size = request.intAt(ReadIn.SIZE);
    if (size < 0 || size > worker.reply.capacity()) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    int count =
        fileSystem.read(
            worker,
            request.nodeId(),
            request.longAt(ReadIn.FH),
            request.longAt(ReadIn.OFFSET),
            size,
            worker.reply.payloadAddress());
    if (count < 0 || count > size) {
      throw new IllegalStateException("read of " + size + " bytes returned " + count);
    }
    return count;
  }

  int write(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(WriteIn.SIZEOF);
    int size = request.intAt(WriteIn.SIZE);
    int count =
        fileSystem.write(
            worker,
            request.nodeId(),
            request.longAt(WriteIn.FH),
            request.longAt(WriteIn.OFFSET),
            size,
            request.dataAddress(size),
            (request.intAt(WriteIn.WRITE_FLAGS) & ProtocolFlags.WRITE_KILL_SUIDGID) != 0);
    return worker.reply.written(count);
  }

  int flush(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(FlushIn.SIZEOF);
    fileSystem.flush(worker, request.nodeId(), request.longAt(FlushIn.FH));
    return 0;
  }

  int release(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(ReleaseIn.SIZEOF);
    fileSystem.release(worker, request.nodeId(), request.longAt(ReleaseIn.FH));
    return 0;
  }

  int fsync(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(FsyncIn.SIZEOF);
    fileSystem.fsync(
        worker,
        request.nodeId(),
        request.longAt(FsyncIn.FH),
        (request.intAt(FsyncIn.FSYNC_FLAGS) & ProtocolFlags.FSYNC_FDATASYNC) != 0);
    return 0;
  }

  int fallocate(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(FallocateIn.SIZEOF);
    fileSystem.fallocate(
        worker,
        request.nodeId(),
        request.longAt(FallocateIn.FH),
        request.longAt(FallocateIn.OFFSET),
        request.longAt(FallocateIn.LENGTH),
        request.intAt(FallocateIn.MODE));
    return 0;
  }

  int lseek(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(LseekIn.SIZEOF);
    return worker.reply.figure(
        fileSystem.lseek(
            worker,
            request.nodeId(),
            request.longAt(LseekIn.FH),
            request.longAt(LseekIn.OFFSET),
            request.intAt(LseekIn.WHENCE)));
  }

  int copyFileRange(Worker worker) throws FileSystemException {
    return worker.reply.written(copy(worker));
  }

  int copyFileRange64(Worker worker) throws FileSystemException {
    return worker.reply.figure(copy(worker));
  }

  private long copy(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(CopyFileRangeIn.SIZEOF);
    long length = request.longAt(CopyFileRangeIn.LEN);
    if (request.longAt(CopyFileRangeIn.FLAGS) != 0 || length < 0) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    return fileSystem.copyFileRange(
        worker,
        request.nodeId(),
        request.longAt(CopyFileRangeIn.FH_IN),
        request.longAt(CopyFileRangeIn.OFF_IN),
        request.longAt(CopyFileRangeIn.NODEID_OUT),
        request.longAt(CopyFileRangeIn.FH_OUT),
        request.longAt(CopyFileRangeIn.OFF_OUT),
        Math.min(length, MAX_COPY));
  }
}
