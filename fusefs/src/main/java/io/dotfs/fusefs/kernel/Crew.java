package io.dotfs.fusefs.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Decides how many workers read the device. Each worker is at any time running (reading, or serving
 * a request that ends soon), blocked (it said so), or idle (spare, waiting here).
 *
 * <p>INVARIANT: as long as fewer than {@code maxThreads} workers exist, at least {@code floor} of
 * them run, so that blocked requests never keep others from being read. No more than {@code
 * readers} read.
 *
 * <p>A spare takes over only when fewer than half of the readers are left, not at each blocked
 * request: the change of threads would cost an fsync more than it gains. Thread safe.
 */
final class Crew {
  /** An idle spare gives up its buffers after this long. */
  private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final int readers;
  private final int floor;
  private final int maxThreads;
  private final Predicate<Crew> recruiter;

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private int idle;

  /** Idle workers that are wanted back and have not woken up yet; they count as running. */
  @GuardedBy("this")
  private int calls;

  @GuardedBy("this")
  private int total;

  @GuardedBy("this")
  private boolean ended;

  /**
   * @param recruiter starts one more worker, which calls {@link #leave} when it ends, or returns
   *     false; called with the lock held
   */
  Crew(int readers, int maxThreads, Predicate<Crew> recruiter) {
    this.readers = readers;
    this.floor = Math.max(1, readers / 2);
    this.maxThreads = maxThreads;
    this.recruiter = recruiter;
  }

  /** Brings the number of running workers up to the number of readers. */
  synchronized void fill() {
    boolean more = true;
    while (more && running < readers && total < maxThreads && !ended) {
      more = recruit();
    }
  }

  /** Starts the first worker alone; returns false if that is not possible. */
  synchronized boolean recruitFirst() {
    return recruit();
  }

  /** A running worker is about to block. */
  synchronized void block() {
    running--;
    if (running >= floor || ended) {
      return;
    }
    if (idle > calls) {
      calls++;
      running++;
      notify();
    } else if (total < maxThreads) {
      recruit();
    }
  }

  /**
   * A worker that had blocked is free again. Where enough others run it waits until it is needed.
   *
   * @return false if the worker is to end; it has then left the count of running workers
   */
  synchronized boolean unblock() {
    if (ended || running < readers) {
      running++;
      return true;
    }
    idle++;
    long deadline = System.nanoTime() + SPARE_NANOS;
    while (calls == 0 && !ended) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || interruptedWait(left)) {
        idle--;
        return false;
      }
    }
    idle--;
    if (calls > 0) {
      calls--;
    } else {
      running++;
    }
    return true;
  }

  /** No more requests will come: idle workers wake up, and none is started any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /**
   * A worker ends.
   *
   * @param wasRunning unless {@link #unblock} sent it away
   * @return true if it is the last one
   */
  synchronized boolean leave(boolean wasRunning) {
    total--;
    if (wasRunning) {
      running--;
      if (!ended && running < floor && total < maxThreads) {
        recruit();
      }
    }
    return total == 0;
  }

  @GuardedBy("this")
  private boolean recruit() {
    if (!recruiter.test(this)) {
      return false;
    }
    total++;
    running++;
    return true;
  }

  @GuardedBy("this")
  private boolean interruptedWait(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
