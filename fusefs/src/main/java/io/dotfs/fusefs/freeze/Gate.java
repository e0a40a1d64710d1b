package io.dotfs.fusefs.freeze;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives every change of a working tree its generation, so that a commit holds an exact prefix of
 * all completed operations.
 *
 * <p>A change locks the inodes that it changes, {@linkplain #enter enters}, applies itself and
 * {@linkplain #exit leaves}. {@link #advance} ends a generation at one instant: changes that enter
 * from then on belong to the next. It waits for nobody and nobody waits for it; what was inside
 * finishes on its own, and the commit {@linkplain #awaitApplied waits} for that while writers go
 * on.
 *
 * <p>Why this is one instant: generations are handed out in the order of one volatile counter, so
 * an operation that began after another had completed has the same generation or a later one. Why
 * state does not mix: inode locks are taken before entering and held until after leaving, so the
 * generations that one inode sees never go back, and whoever changes it first in a new generation
 * sets the older state aside.
 *
 * <p>Reads and fsync never enter. Thread safe.
 */
public final class Gate {
  /**
   * Test hook: with the system property {@code dotfs.test.disableGate=true} nothing is set aside
   * when a generation ends, so that commits mix states. Exists to prove that the test of the one
   * instant can fail.
   */
  public static final boolean DISABLED = Boolean.getBoolean("dotfs.test.disableGate");

  private static final int STRIPES = 32;
  private static final int LONGS_PER_STRIPE = 16;
  private static final int SPINS = 200;
  private static final long PARK_NANOS = 20_000;

  /** Changes inside, by parity of the generation and by stripe; each on its own cache line. */
  private final AtomicLongArray inside = new AtomicLongArray(2 * STRIPES * LONGS_PER_STRIPE);

  private volatile long generation;

  public Gate(long firstGeneration) {
    generation = firstGeneration;
  }

  /** The generation that a change entering now would get. */
  public long generation() {
    return generation;
  }

  /** Enters and returns the change's generation, to be handed to {@link #exit}. Never blocks. */
  public long enter() {
    while (true) {
      long g = generation;
      int slot = slot(g);
      inside.getAndIncrement(slot);
      if (generation == g) {
        return g;
      }
      inside.getAndDecrement(slot);
    }
  }

  /** Leaves; by the thread that entered. */
  public void exit(long enteredGeneration) {
    inside.getAndDecrement(slot(enteredGeneration));
  }

  /**
   * Ends the current generation and returns its number. The caller serialises calls and has awaited
   * the generation before.
   */
  public long advance() {
    long ended = generation;
    generation = ended + 1;
    return ended;
  }

  /** Waits until every change of {@code ended} has left. Holds up nobody. */
  public void awaitApplied(long ended) throws InterruptedException {
    int parity = (int) (ended & 1) * STRIPES * LONGS_PER_STRIPE;
    for (int tries = 0; ; tries++) {
      long sum = 0;
      for (int i = 0; i < STRIPES; i++) {
        sum += inside.get(parity + i * LONGS_PER_STRIPE);
      }
      // Nobody enters an ended generation for good, so a sum of zero is final; entering and
      // leaving of one change happen in the same stripe.
      if (sum == 0) {
        return;
      }
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(this, PARK_NANOS);
      }
    }
  }

  private static int slot(long generation) {
    int stripe = (int) Thread.currentThread().getId() & (STRIPES - 1);
    return ((int) (generation & 1) * STRIPES + stripe) * LONGS_PER_STRIPE;
  }
}
