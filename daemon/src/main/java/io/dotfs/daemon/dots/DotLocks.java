package io.dotfs.daemon.dots;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per dot, for verbs that change it: commands on one dot take turns, on different dots
 * they do not meet. Below it in the order: the mounts' lock, then whatever fusefs takes.
 */
public final class DotLocks {
  private final ConcurrentHashMap<DotId, ReentrantLock> locks = new ConcurrentHashMap<>();

  /** Held until closed. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the dot's turn. */
  @SuppressWarnings("LockNotBeforeTry") // released by the caller's try-with-resources
  public Held lock(DotId dot) throws InterruptedException {
    ReentrantLock lock = locks.computeIfAbsent(dot, id -> new ReentrantLock(true));
    lock.lockInterruptibly();
    return lock::unlock;
  }
}
