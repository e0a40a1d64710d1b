package io.dotfs.fusefs.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds requests that block although nobody had expected it: a write that the host holds up, a read
 * from a slow disk, a stalled database. Their workers then count as blocked, and spare ones read
 * the requests behind them ({@link Crew}). What is known to block says so itself, and waits for no
 * look ({@link Worker#aboutToBlock}).
 *
 * <p>One thread for all sessions of the process; it ends with the last one. Thread safe.
 */
final class StallWatch {
  static final StallWatch SHARED = new StallWatch();

  /** A request that lasts from one look to the next blocks. */
  private static final long BUSY_MILLIS = 20;

  /** Between two looks while nothing is asked of any mount. */
  private static final long IDLE_MILLIS = 100;

  @GuardedBy("this")
  private final List<FuseSession> sessions = new ArrayList<>();

  @GuardedBy("this")
  private boolean running;

  private StallWatch() {}

  synchronized void add(FuseSession session) {
    sessions.add(session);
    if (!running) {
      running = true;
      Thread thread = new Thread(this::watch, "dotfs-stall-watch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  synchronized void remove(FuseSession session) {
    sessions.remove(session);
    notifyAll();
  }

  private void watch() {
    boolean busy = false;
    for (List<FuseSession> all = next(busy); !all.isEmpty(); all = next(busy)) {
      busy = false;
      for (FuseSession session : all) {
        busy |= session.lookAtWorkers();
      }
    }
  }

  /** Waits for the next look; nothing to look at ends the watch. */
  private synchronized List<FuseSession> next(boolean busy) {
    long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(busy ? BUSY_MILLIS : IDLE_MILLIS);
    try {
      long left = deadline - System.nanoTime();
      while (left > 0 && !sessions.isEmpty()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the watch", e);
    }
    running = !sessions.isEmpty();
    return List.copyOf(sessions);
  }
}
