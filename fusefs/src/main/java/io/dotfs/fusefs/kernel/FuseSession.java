package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount being served: from the first request on its device, INIT, to its end, when the kernel has
 * let go of the mount. Owns the descriptor and the threads. Thread safe.
 *
 * <p>The life of its parts: the first worker answers INIT, then the others start; a worker that
 * finds the device gone ends the crew; the last worker to end closes the notifier, tells the file
 * system, and closes the descriptor. So nobody uses a descriptor number that could be another's.
 */
public final class FuseSession {
  private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
  private static final AtomicBoolean IO_FLUSHER_REPORTED = new AtomicBoolean();

  private final int fd;
  private final InodeFileSystem fileSystem;
  private final SessionOptions options;
  private final NameOperations names;
  private final Dispatcher dispatcher;
  private final List<Worker> workers = new CopyOnWriteArrayList<>();
  private final AtomicInteger threadNumber = new AtomicInteger();
  private final CompletableFuture<Handshake> ready = new CompletableFuture<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Crew crew;

  /** Set once, by the worker that serves INIT, before any other worker starts. */
  private volatile @Nullable Notifier notifier;

  private volatile boolean extendedSetxattr;
  private volatile boolean ending;

  private FuseSession(int fd, InodeFileSystem fileSystem, SessionOptions options) {
    this.fd = fd;
    this.fileSystem = fileSystem;
    this.options = options;
    this.names = new NameOperations(fileSystem);
    this.dispatcher = new Dispatcher(this, fileSystem, names);
    this.crew = new Crew(options.readers(), options.maxThreads(), this::startWorker);
  }

  /**
   * Starts to serve a mount.
   *
   * @param fd the device, owned by the session from now on, whatever happens
   */
  public static FuseSession start(int fd, InodeFileSystem fileSystem, SessionOptions options) {
    FuseSession session = new FuseSession(fd, fileSystem, options);
    StallWatch.SHARED.add(session);
    if (!session.crew.recruitFirst()) {
      session.finish();
    }
    return session;
  }

  /**
   * Waits until the kernel and the file system are ready for requests.
   *
   * @throws IOException if the kernel's protocol is too old, the file system refused, the mount
   *     ended before, or the time is over
   */
  public void awaitReady(Duration timeout) throws IOException, InterruptedException {
    try {
      Handshake handshake = ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("{}: {}", options.name(), handshake);
    } catch (ExecutionException e) {
      throw new IOException("the mount is not served: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("the kernel did not begin to use the mount", e);
    }
  }

  /**
   * Waits until the mount is gone and the file system has been told; returns false if the time has
   * passed.
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** True once the mount is gone and the file system has been told. */
  public boolean ended() {
    return end.getCount() == 0;
  }

  /**
   * The kernel has the root's attributes: from now on it may keep them, and hears of their changes.
   * To be called once a process that looked at the root has its answer.
   *
   * <p>The kernel throws the answer to a GETATTR away if the inode was invalidated meanwhile
   * ({@code fuse_change_attributes}). For any other inode it then goes on with the attributes from
   * before; a new root has none, and the caller gets EACCES.
   */
  public void rootLookedAt() {
    Notifier channel = notifier;
    if (channel != null) {
      channel.announceRoot();
    }
  }

  boolean zeroTimeouts() {
    return options.zeroTimeouts();
  }

  /** False until {@link #rootLookedAt}: the kernel may not keep the root's attributes. */
  boolean rootAnnounced() {
    Notifier channel = notifier;
    return channel != null && channel.rootAnnounced();
  }

  String name() {
    return options.name();
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** True once the device is gone, so that no caller waits any more. */
  boolean ending() {
    return ending;
  }

  boolean extendedSetxattr() {
    return extendedSetxattr;
  }

  /** Serves INIT. The file system hears of the mount before the kernel hears that it may use it. */
  int handshake(Worker worker) throws FileSystemException {
    if (ready.isDone()) {
      throw FileSystemException.of(Errno.EIO);
    }
    int major = Handshake.major(worker.request);
    if (major > Handshake.MAJOR) {
      return Handshake.encodeMajorAlone(worker.reply);
    }
    Handshake handshake = Handshake.of(worker.request, options.posixAcl());
    if (major < Handshake.MAJOR || !handshake.supported()) {
      ready.completeExceptionally(
          new IOException(
              "this kernel speaks FUSE protocol "
                  + major
                  + "."
                  + handshake.kernelMinor()
                  + "; 7."
                  + Handshake.OLDEST_MINOR
                  + " (Linux 5.4) is the oldest that is served"));
      throw FileSystemException.of(Errno.EPROTO);
    }
    Optional<NameLedger> ledger =
        handshake.knowsEpochs()
            ? Optional.empty()
            : Optional.of(new NameLedger(options.noticeLimit()));
    ledger.ifPresent(names::recordRootNames);
    extendedSetxattr = handshake.has(ProtocolFlags.SETXATTR_EXT);
    Notifier channel = new Notifier(options.name(), fd, options.noticeLimit(), ledger);
    channel.start();
    notifier = channel;
    try {
      fileSystem.mounted(channel);
    } catch (RuntimeException | Error e) {
      ready.completeExceptionally(e);
      throw e;
    }
    ready.complete(handshake);
    crew.fill();
    return handshake.encode(worker.reply);
  }

  /** Passes an interrupt on; returns false if no worker serves that request. */
  boolean interrupt(long unique) {
    for (Worker worker : workers) {
      if (worker.interrupt(unique)) {
        return true;
      }
    }
    return false;
  }

  /** Called by each worker first. */
  void markThread() {
    int errno = DeviceCalls.markIoFlusher();
    if (errno != 0 && IO_FLUSHER_REPORTED.compareAndSet(false, true)) {
      LOG.debug("not marked as serving I/O (PR_SET_IO_FLUSHER): errno {}", errno);
    }
  }

  /** As {@link Worker#lookIn} of each; whether any serves a request. */
  boolean lookAtWorkers() {
    boolean busy = false;
    for (Worker worker : workers) {
      busy |= worker.lookIn();
    }
    return busy;
  }

  /** Called by a worker that finds the device gone. */
  void deviceEnded() {
    ending = true;
    crew.end();
  }

  /** Called by each worker last; its buffers are freed. */
  void workerEnded(Worker worker, boolean wasRunning) {
    workers.remove(worker);
    if (crew.leave(wasRunning)) {
      finish();
    }
  }

  /** Returns false if the host has no memory or thread to spare; others go on without. */
  private boolean startWorker(Crew owner) {
    Worker worker;
    try {
      worker = new Worker(this, owner, fd);
    } catch (OutOfMemoryError e) {
      LOG.warn("{}: no buffers for a further thread", options.name(), e);
      return false;
    }
    workers.add(worker);
    try {
      Thread thread = new Thread(worker, options.name() + "-" + threadNumber.incrementAndGet());
      thread.setDaemon(true);
      thread.start();
      return true;
    } catch (OutOfMemoryError e) {
      LOG.warn("{}: no further thread", options.name(), e);
      workers.remove(worker);
      worker.close();
      return false;
    }
  }

  private void finish() {
    StallWatch.SHARED.remove(this);
    Notifier channel = notifier;
    if (channel != null) {
      channel.close();
    }
    ready.completeExceptionally(new IOException("the mount ended before it was used"));
    try {
      if (channel != null) {
        fileSystem.unmounted();
      }
    } finally {
      if (DeviceCalls.LIBC.close(fd) != 0) {
        LOG.warn("{}: closing the device: errno {}", options.name(), DeviceCalls.errno());
      }
      end.countDown();
    }
  }
}
