package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.OutHeader;
import io.dotfs.fusefs.vfs.AttributeChange;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.RequestContext;
import io.dotfs.fusefs.vfs.StatfsReply;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One serving thread: reads a request, has it handled, writes the reply, and so on until the mount
 * ends. It owns its buffers and parameter objects, so that a request allocates nothing; it is the
 * {@link RequestContext} of the request that it serves.
 */
final class Worker implements Runnable, RequestContext, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** Errors beyond this are refused by the kernel, which would then wait for another answer. */
  private static final int MAX_ERRNO = 511;

  /** A bit that the kernel's numbers of requests do not reach: they count by two from zero. */
  private static final long BLOCKED = 1L << 62;

  /** Room besides the data of a WRITE: its header and structure, with slack. */
  private static final int REQUEST_SLACK = NativeBuffer.PAGE;

  private final FuseSession session;
  private final Crew crew;
  private final int fd;
  private final NativeBuffer in;
  private final NativeBuffer out;

  final Request request;
  final Reply reply;
  final DirectoryWriter directory;
  final EntryReply entry = new EntryReply();
  final OpenReply open = new OpenReply();
  final InodeAttributes attributes = new InodeAttributes();
  final AttributeChange change = new AttributeChange();
  final StatfsReply figures = new StatfsReply();

  /**
   * The request being served, 0 between two; with {@link #BLOCKED} once it counts as blocked, which
   * either this thread or the watch has told the crew.
   */
  private final AtomicLong serving = new AtomicLong();

  /** What {@link #serving} was at the watch's last look. Used by the watch alone. */
  private long lastSeen;

  /** The last request that was interrupted while it was served here. */
  private volatile long interrupted = -1;

  Worker(FuseSession session, Crew crew, int fd) {
    this.session = session;
    this.crew = crew;
    this.fd = fd;
    in =
        new NativeBuffer(
            FuseLayout.InHeader.SIZEOF + FuseLayout.WriteIn.SIZEOF,
            Handshake.MAX_WRITE + REQUEST_SLACK);
    try {
      out = new NativeBuffer(OutHeader.SIZEOF, Handshake.MAX_WRITE);
    } catch (OutOfMemoryError e) {
      in.close();
      throw e;
    }
    request = new Request(in.view(), in.address());
    reply = new Reply(out.view(), out.address(), session.zeroTimeouts());
    directory = new DirectoryWriter(reply);
  }

  @Override
  public void run() {
    boolean running = true;
    try {
      session.markThread();
      boolean more = true;
      while (more) {
        long received = DeviceCalls.LIBC.read(fd, in.address(), in.capacity());
        if (received > 0) {
          if (serve(received)) {
            running = crew.unblock();
            more = running;
          }
        } else {
          more = received < 0 && readAgain(DeviceCalls.errno());
        }
      }
      if (running) {
        session.deviceEnded();
      }
    } finally {
      close();
      session.workerEnded(this, running);
    }
  }

  /** Frees the buffers; done by {@link #run} at its end. */
  @Override
  public void close() {
    in.close();
    out.close();
  }

  /** Notes an INTERRUPT of the request {@code unique}; returns false if it is not served here. */
  boolean interrupt(long unique) {
    if (unique == 0 || (serving.get() & ~BLOCKED) != unique) {
      return false;
    }
    interrupted = unique;
    return true;
  }

  @Override
  public int uid() {
    return request.uid();
  }

  @Override
  public int gid() {
    return request.gid();
  }

  @Override
  public int pid() {
    return request.pid();
  }

  @Override
  public int supplementaryGroup() {
    return request.supplementaryGroup();
  }

  @Override
  public long unique() {
    return request.unique();
  }

  @Override
  public void aboutToBlock() {
    long current = serving.get();
    if ((current & BLOCKED) == 0 && serving.compareAndSet(current, current | BLOCKED)) {
      crew.block();
    }
  }

  /**
   * The watch looks in: a request that was there the last time already is taken for blocked, so
   * that another thread takes over. Called by one thread, not the worker's.
   *
   * @return whether a request is being served
   */
  boolean lookIn() {
    long current = serving.get();
    if (current == 0) {
      lastSeen = 0;
      return false;
    }
    if (current == lastSeen
        && (current & BLOCKED) == 0
        && serving.compareAndSet(current, current | BLOCKED)) {
      crew.block();
    }
    lastSeen = current;
    return true;
  }

  @Override
  public boolean interrupted() {
    return interrupted == request.unique() || session.ending();
  }

  /** Returns whether the crew was told that it blocks. */
  private boolean serve(long received) {
    if (!request.accept(received)) {
      LOG.error("{}: {} bytes from the kernel are no request", session.name(), received);
      return false;
    }
    long unique = request.unique();
    serving.set(unique);
    int error = 0;
    int payload = 0;
    try {
      if (request.consistent(received)) {
        payload = session.dispatcher().dispatch(request.opcode(), this);
      } else {
        LOG.error("{}: lengths of {} disagree", session.name(), Opcode.name(request.opcode()));
        error = Errno.EIO;
      }
    } catch (FileSystemException e) {
      error = e.errno();
    } catch (RuntimeException | Error e) {
      // Whatever it was, the caller waits for an answer and the other callers for this thread.
      LOG.error("{}: {} failed", session.name(), Opcode.name(request.opcode()), e);
      error = Errno.EIO;
    }
    if (payload != Reply.NONE) {
      answer(unique, error > MAX_ERRNO ? Errno.EIO : error, payload);
    }
    return (serving.getAndSet(0) & BLOCKED) != 0;
  }

  private void answer(long unique, int error, int payload) {
    int length = reply.finish(unique, error, error == 0 ? payload : 0);
    while (DeviceCalls.LIBC.write(fd, out.address(), length) < 0) {
      int errno = DeviceCalls.errno();
      if (errno == Errno.EINTR) {
        continue;
      }
      // The caller is gone (ENOENT), or the whole mount (ENODEV).
      if (errno != Errno.ENOENT && errno != Errno.ENODEV) {
        LOG.error(
            "{}: the kernel refuses the reply to {}: errno {}",
            session.name(),
            Opcode.name(request.opcode()),
            errno);
      }
      return;
    }
  }

  private boolean readAgain(int errno) {
    switch (errno) {
      case Errno.EINTR, Errno.EAGAIN, Errno.ENOENT -> {
        return true;
      }
      case Errno.ENODEV -> {
        return false;
      }
      default -> {
        LOG.error("{}: reading the device fails: errno {}", session.name(), errno);
        return false;
      }
    }
  }
}
