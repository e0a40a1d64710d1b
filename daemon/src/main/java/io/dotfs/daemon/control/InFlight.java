package io.dotfs.daemon.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** Counts the requests that are being worked on, so that what they use is closed after them. */
final class InFlight {
  @GuardedBy("this")
  private int count;

  synchronized void begin() {
    count++;
  }

  synchronized void end() {
    count--;
    notifyAll();
  }

  /** Waits until there are none; false if the time has passed first. */
  synchronized boolean awaitNone(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (count > 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
