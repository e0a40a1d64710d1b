package io.dotfs.fusefs.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.fusefs.kernel.FuseLayout.NotifyInvalEntryOut;
import io.dotfs.fusefs.kernel.FuseLayout.NotifyInvalInodeOut;
import io.dotfs.fusefs.kernel.FuseLayout.OutHeader;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.KernelCache;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a mount that tells the kernel what to drop. Waiting invalidations of one inode
 * are merged, equal names are sent once, and more names than the limit become "all names", so the
 * queue is bounded by the inodes that the kernel knows.
 *
 * <p>INVARIANT: nothing is sent under {@link #lock}; the kernel may hold a notification back until
 * a handler has answered.
 */
final class Notifier implements KernelCache {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final long ROOT = 1;
  private static final int MAX_NAME = 1024;
  private static final long WHOLE = 0;
  private static final long ATTRIBUTES_ALONE = -1;

  /** A name waiting to be dropped; the array is not changed. */
  private record Entry(long parent, ByteBuffer name) {}

  /** Part of an inode's cache waiting to be dropped; length 0 is to the end. */
  private record Range(long offset, long length) {
    Range mergedWith(Range other) {
      if (offset == ATTRIBUTES_ALONE) {
        return other;
      }
      if (other.offset == ATTRIBUTES_ALONE || equals(other)) {
        return this;
      }
      long start = Math.min(offset, other.offset);
      if (length == WHOLE || other.length == WHOLE) {
        return new Range(start, WHOLE);
      }
      return new Range(start, Math.max(offset + length, other.offset + other.length) - start);
    }
  }

  /** Notices taken out of the queue, which then stands at {@code upTo}. */
  private record Batch(Map<Long, Range> inodes, Set<Entry> entries, boolean allNames, long upTo) {}

  private final int fd;
  private final int limit;
  private final Optional<NameLedger> rootNames;
  private final NativeBuffer message;
  private final Thread thread;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Map<Long, Range> inodes = new LinkedHashMap<>();

  @GuardedBy("lock")
  private Set<Entry> entries = new LinkedHashSet<>();

  @GuardedBy("lock")
  private boolean allNames;

  /** Counts calls that queued something; {@link #delivered} follows it. */
  @GuardedBy("lock")
  private long queued;

  @GuardedBy("lock")
  private long delivered;

  @GuardedBy("lock")
  private boolean closed;

  /** Until then notices about the root are dropped: the kernel keeps nothing about it. */
  private volatile boolean rootAnnounced;

  /** Set once the kernel has refused INC_EPOCH. Touched by the notifying thread alone. */
  private boolean epochRefused;

  /**
   * @param fd the device; not closed here
   * @param rootNames the names below the root that the kernel may have cached, for kernels that do
   *     not know epochs
   */
  Notifier(String name, int fd, int limit, Optional<NameLedger> rootNames) {
    this.fd = fd;
    this.limit = limit;
    this.rootNames = rootNames;
    this.message = new NativeBuffer(OutHeader.SIZEOF, NotifyInvalEntryOut.SIZEOF + MAX_NAME + 1);
    this.thread = new Thread(this::run, name + "-notify");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** See {@link FuseSession#rootLookedAt}. */
  void announceRoot() {
    rootAnnounced = true;
  }

  boolean rootAnnounced() {
    return rootAnnounced;
  }

  @Override
  public void invalidateInode(long nodeId, long offset, long length) {
    if (nodeId == ROOT && !rootAnnounced) {
      return;
    }
    synchronized (lock) {
      if (!closed) {
        inodes.merge(nodeId, new Range(offset, length), Range::mergedWith);
        wake();
      }
    }
  }

  @Override
  public void invalidateEntry(long parentNodeId, byte[] name) {
    synchronized (lock) {
      if (!closed && !allNames) {
        entries.add(new Entry(parentNodeId, ByteBuffer.wrap(name.clone())));
        if (entries.size() > limit) {
          entries.clear();
          allNames = true;
        }
        wake();
      }
    }
  }

  @Override
  public void invalidateAllNames() {
    synchronized (lock) {
      if (!closed) {
        entries.clear();
        allNames = true;
        wake();
      }
    }
  }

  @Override
  public void awaitDelivery() throws InterruptedException {
    synchronized (lock) {
      long target = queued;
      while (delivered < target && !closed) {
        lock.wait();
      }
    }
  }

  /** Ends the thread, without sending what still waits. The device no longer blocks by then. */
  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    message.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @GuardedBy("lock")
  private void wake() {
    queued++;
    lock.notifyAll();
  }

  private void run() {
    try {
      for (Optional<Batch> batch = take(); batch.isPresent(); batch = take()) {
        send(batch.get());
      }
    } catch (InterruptedException e) {
      LOG.error("interrupted: the kernel's caches are no longer invalidated", e);
      synchronized (lock) {
        closed = true;
        lock.notifyAll();
      }
    }
  }

  /** Waits for notices and takes all; empty once closed. */
  private Optional<Batch> take() throws InterruptedException {
    synchronized (lock) {
      while (delivered == queued && !closed) {
        lock.wait();
      }
      if (closed) {
        return Optional.empty();
      }
      Batch batch = new Batch(inodes, entries, allNames, queued);
      inodes = new LinkedHashMap<>();
      entries = new LinkedHashSet<>();
      allNames = false;
      return Optional.of(batch);
    }
  }

  private void send(Batch batch) {
    if (batch.allNames) {
      sendAllNames();
    }
    batch.entries.forEach(this::sendEntry);
    batch.inodes.forEach(this::sendInode);
    synchronized (lock) {
      delivered = batch.upTo;
      lock.notifyAll();
    }
  }

  private void sendAllNames() {
    if (rootNames.isEmpty() && !epochRefused) {
      int errno = send(Opcode.NOTIFY_INC_EPOCH, 0);
      if (errno == 0) {
        return;
      }
      epochRefused = true;
      LOG.warn("the kernel refuses to drop all names at once: errno {}", errno);
    }
    rootNames.ifPresent(
        ledger ->
            ledger.drain().forEach(name -> sendEntry(new Entry(ROOT, ByteBuffer.wrap(name)))));
  }

  private void sendEntry(Entry entry) {
    ByteBuffer out = message.view();
    int at = OutHeader.SIZEOF;
    int length = entry.name.remaining();
    if (length == 0 || length > MAX_NAME) {
      return;
    }
    out.putLong(at + NotifyInvalEntryOut.PARENT, entry.parent);
    out.putInt(at + NotifyInvalEntryOut.NAMELEN, length);
    out.putInt(at + NotifyInvalEntryOut.FLAGS, 0);
    int name = at + NotifyInvalEntryOut.SIZEOF;
    out.put(name, entry.name, 0, length);
    out.put(name + length, (byte) 0);
    send(Opcode.NOTIFY_INVAL_ENTRY, NotifyInvalEntryOut.SIZEOF + length + 1);
  }

  private void sendInode(long nodeId, Range range) {
    ByteBuffer out = message.view();
    int at = OutHeader.SIZEOF;
    out.putLong(at + NotifyInvalInodeOut.INO, nodeId);
    out.putLong(at + NotifyInvalInodeOut.OFF, range.offset);
    out.putLong(at + NotifyInvalInodeOut.LEN, range.length);
    send(Opcode.NOTIFY_INVAL_INODE, NotifyInvalInodeOut.SIZEOF);
  }

  /** Returns 0 or the errno; ENOENT (the kernel knows no such thing) counts as delivered. */
  private int send(int code, int payload) {
    ByteBuffer out = message.view();
    int length = OutHeader.SIZEOF + payload;
    out.putInt(OutHeader.LEN, length);
    out.putInt(OutHeader.ERROR, code);
    out.putLong(OutHeader.UNIQUE, 0);
    while (true) {
      if (DeviceCalls.LIBC.write(fd, message.address(), length) >= 0) {
        return 0;
      }
      int errno = DeviceCalls.errno();
      if (errno == Errno.EINTR) {
        continue;
      }
      boolean ordinary = errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.ENOTDIR;
      if (!ordinary && code != Opcode.NOTIFY_INC_EPOCH) {
        LOG.warn("the kernel refuses notification {}: errno {}", code, errno);
      }
      return errno == Errno.ENOENT ? 0 : errno;
    }
  }
}
