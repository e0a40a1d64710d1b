package io.dotfs.fusefs.overlay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backing files that nothing leads to any more, until the database's log that says so is durable.
 * The host may make a deletion durable before the log: after a power cut the name would be back,
 * and its bytes, synced long ago, would be gone.
 *
 * <p>A thread syncs the log and deletes a while after the first file came; {@link #settle} does it
 * at once. After a crash the rows of table ORPHANS tell what is left to delete. Thread safe.
 */
public final class PendingDeletions implements AutoCloseable {
  /** With more than this many, whoever adds one settles them. */
  static final int MAX_PENDING = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(PendingDeletions.class);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pending(BlockFiles.Name name, byte[] orphan) {}

  private final MetaStore metadata;
  private final BlockFiles files;
  private final Duration delay;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();

  /** Held while files are deleted, so that whoever settles finds them gone. */
  private final ReentrantLock settling = new ReentrantLock();

  @GuardedBy("lock")
  private List<Pending> pending = new ArrayList<>();

  @GuardedBy("lock")
  private boolean closed;

  private final Thread thread = new Thread(this::run, "deletions");

  /** Starts the thread; {@link #close} ends it. */
  PendingDeletions(MetaStore metadata, BlockFiles files, Duration delay) {
    this.metadata = metadata;
    this.files = files;
    this.delay = delay;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Deletes a file once everything that was written to the database so far is durable.
   *
   * @param orphan key of its row in table ORPHANS, which is deleted with it
   */
  public void add(BlockFiles.Name name, byte[] orphan) throws IOException {
    boolean full;
    lock.lock();
    try {
      pending.add(new Pending(name, orphan));
      full = pending.size() > MAX_PENDING;
      if (pending.size() == 1) {
        added.signal();
      }
    } finally {
      lock.unlock();
    }
    if (full) {
      settle();
    }
  }

  /** Whether there is anything to settle. */
  public boolean isEmpty() {
    lock.lock();
    try {
      return pending.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Syncs the log and deletes what is pending; on return it is gone. */
  public void settle() throws IOException {
    settling.lock();
    try {
      List<Pending> taken;
      lock.lock();
      try {
        taken = pending;
        pending = new ArrayList<>();
      } finally {
        lock.unlock();
      }
      if (!taken.isEmpty()) {
        delete(taken);
      }
    } finally {
      settling.unlock();
    }
  }

  @GuardedBy("settling")
  private void delete(List<Pending> taken) throws IOException {
    metadata.sync(metadata.lastWrite());
    try (MetaBatch batch = metadata.newBatch()) {
      for (Pending one : taken) {
        files.delete(one.name());
        batch.delete(Table.ORPHANS, one.orphan());
      }
      metadata.write(batch);
    }
  }

  private void run() {
    try {
      while (awaitFirst()) {
        settle();
      }
    } catch (IOException e) {
      // What is left has its rows, and goes when the home is opened again.
      LOG.error("backing files stay until the next start: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a file and for others to gather; false once closed. */
  private boolean awaitFirst() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && pending.isEmpty()) {
        added.await();
      }
      long left = delay.toNanos();
      while (!closed && left > 0) {
        left = added.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread and settles. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      added.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settle();
  }
}
