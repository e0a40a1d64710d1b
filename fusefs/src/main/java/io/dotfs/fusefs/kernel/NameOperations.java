package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.CreateIn;
import io.dotfs.fusefs.kernel.FuseLayout.FsyncIn;
import io.dotfs.fusefs.kernel.FuseLayout.LinkIn;
import io.dotfs.fusefs.kernel.FuseLayout.MkdirIn;
import io.dotfs.fusefs.kernel.FuseLayout.MknodIn;
import io.dotfs.fusefs.kernel.FuseLayout.OpenIn;
import io.dotfs.fusefs.kernel.FuseLayout.ReadIn;
import io.dotfs.fusefs.kernel.FuseLayout.ReleaseIn;
import io.dotfs.fusefs.kernel.FuseLayout.Rename2In;
import io.dotfs.fusefs.kernel.FuseLayout.RenameIn;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import java.util.Optional;

/** Requests on names and directories. Thread safe; all state is the worker's. */
final class NameOperations {
  private static final long ROOT = 1;

  private final InodeFileSystem fileSystem;

  /** Where the kernel knows no epochs: the names below the root that it may keep. */
  private volatile Optional<NameLedger> rootNames = Optional.empty();

  NameOperations(InodeFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  void recordRootNames(NameLedger ledger) {
    rootNames = Optional.of(ledger);
  }

  int lookup(Worker worker) throws FileSystemException {
    Request request = worker.request;
    byte[] name = request.name();
    long parent = request.nodeId();
    boolean keep = mayKeep(parent, name);
    fileSystem.lookup(worker, parent, name, worker.entry);
    return entry(worker, keep);
  }

  int readlink(Worker worker) throws FileSystemException {
    byte[] target = fileSystem.readlink(worker, worker.request.nodeId());
    return worker.reply.bytes(target);
  }

  int symlink(Worker worker) throws FileSystemException {
    Request request = worker.request;
    byte[] name = request.name();
    byte[] target = request.string();
    boolean keep = mayKeep(request.nodeId(), name);
    fileSystem.symlink(worker, request.nodeId(), name, target, worker.entry);
    return entry(worker, keep);
  }

  int mknod(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(MknodIn.SIZEOF);
    byte[] name = request.name();
    boolean keep = mayKeep(request.nodeId(), name);
    fileSystem.mknod(
        worker,
        request.nodeId(),
        name,
        request.intAt(MknodIn.MODE),
        request.intAt(MknodIn.RDEV),
        request.intAt(MknodIn.UMASK),
        worker.entry);
    return entry(worker, keep);
  }

  int mkdir(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(MkdirIn.SIZEOF);
    byte[] name = request.name();
    boolean keep = mayKeep(request.nodeId(), name);
    fileSystem.mkdir(
        worker,
        request.nodeId(),
        name,
        request.intAt(MkdirIn.MODE),
        request.intAt(MkdirIn.UMASK),
        worker.entry);
    return entry(worker, keep);
  }

  int unlink(Worker worker) throws FileSystemException {
    byte[] name = worker.request.name();
    fileSystem.unlink(worker, worker.request.nodeId(), name);
    dropped(worker.request.nodeId(), name);
    return 0;
  }

  int rmdir(Worker worker) throws FileSystemException {
    byte[] name = worker.request.name();
    fileSystem.rmdir(worker, worker.request.nodeId(), name);
    dropped(worker.request.nodeId(), name);
    return 0;
  }

  int rename(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(RenameIn.SIZEOF);
    return rename(worker, request.longAt(RenameIn.NEWDIR), 0);
  }

  int rename2(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(Rename2In.SIZEOF);
    return rename(worker, request.longAt(Rename2In.NEWDIR), request.intAt(Rename2In.FLAGS));
  }

  int link(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(LinkIn.SIZEOF);
    byte[] name = request.name();
    boolean keep = mayKeep(request.nodeId(), name);
    fileSystem.link(worker, request.longAt(LinkIn.OLDNODEID), request.nodeId(), name, worker.entry);
    return entry(worker, keep);
  }

  int create(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(CreateIn.SIZEOF);
    byte[] name = request.name();
    boolean keep = mayKeep(request.nodeId(), name);
    clear(worker);
    fileSystem.create(
        worker,
        request.nodeId(),
        name,
        request.intAt(CreateIn.MODE),
        request.intAt(CreateIn.UMASK),
        request.intAt(CreateIn.FLAGS),
        worker.entry,
        worker.open);
    entry(worker, keep);
    return worker.reply.entryAndOpen(worker.entry, worker.open);
  }

  int tmpfile(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(CreateIn.SIZEOF);
    clear(worker);
    fileSystem.tmpfile(
        worker,
        request.nodeId(),
        request.intAt(CreateIn.MODE),
        request.intAt(CreateIn.UMASK),
        request.intAt(CreateIn.FLAGS),
        worker.entry,
        worker.open);
    return worker.reply.entryAndOpen(worker.entry, worker.open);
  }

  int opendir(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(OpenIn.SIZEOF);
    clear(worker);
    fileSystem.opendir(worker, request.nodeId(), request.intAt(OpenIn.FLAGS), worker.open);
    return worker.reply.open(worker.open);
  }

  int readdir(Worker worker, boolean plus) throws FileSystemException {
    Request request = worker.request;
    request.structure(ReadIn.SIZEOF);
    int size = request.intAt(ReadIn.SIZE);
    if (size < 0) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    // What a listing shows cannot be noted ahead: the kernel then may not keep those names.
    boolean keep = request.nodeId() != ROOT || rootNames.isEmpty();
    worker.directory.begin(plus, keep, Math.min(size, worker.reply.capacity()));
    fileSystem.readdir(
        worker,
        request.nodeId(),
        request.longAt(ReadIn.FH),
        request.longAt(ReadIn.OFFSET),
        worker.directory);
    return worker.directory.length();
  }

  int releasedir(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(ReleaseIn.SIZEOF);
    fileSystem.releasedir(worker, request.nodeId(), request.longAt(ReleaseIn.FH));
    return 0;
  }

  int fsyncdir(Worker worker) throws FileSystemException {
    Request request = worker.request;
    request.structure(FsyncIn.SIZEOF);
    fileSystem.fsyncdir(
        worker,
        request.nodeId(),
        request.longAt(FsyncIn.FH),
        (request.intAt(FsyncIn.FSYNC_FLAGS) & ProtocolFlags.FSYNC_FDATASYNC) != 0);
    return 0;
  }

  static void clear(Worker worker) {
    worker.open.handle = 0;
    worker.open.keepCache = false;
    worker.open.directIo = false;
    worker.open.cacheDirectory = false;
  }

  private int rename(Worker worker, long newParent, int flags) throws FileSystemException {
    Request request = worker.request;
    byte[] name = request.name();
    byte[] newName = request.name();
    Optional<NameLedger> ledger = rootNames;
    if (ledger.isPresent() && newParent == ROOT) {
      ledger.get().noteMoved(newName);
    }
    if (ledger.isPresent() && request.nodeId() == ROOT && flags != 0) {
      ledger.get().noteMoved(name);
    }
    fileSystem.rename(worker, request.nodeId(), name, newParent, newName, flags);
    if (ledger.isPresent() && request.nodeId() == ROOT && flags == 0) {
      ledger.get().strike(name);
    }
    return 0;
  }

  private int entry(Worker worker, boolean keep) {
    if (!keep) {
      worker.entry.entryValidNanos = 0;
    }
    return worker.reply.entry(worker.entry);
  }

  private void dropped(long parent, byte[] name) {
    Optional<NameLedger> ledger = rootNames;
    if (parent == ROOT && ledger.isPresent()) {
      ledger.get().strike(name);
    }
  }

  /**
   * Noted before the file system is asked: an answer from before a switch of trees is then always
   * among the names that the switch drops.
   */
  private boolean mayKeep(long parent, byte[] name) {
    Optional<NameLedger> ledger = rootNames;
    return parent != ROOT || ledger.isEmpty() || ledger.get().note(name);
  }
}
