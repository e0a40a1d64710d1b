package io.dotfs.packstream.transfer;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.Unreachable;
import java.time.Duration;

/**
 * How often a broken transfer is taken up again by itself, and after which pause.
 *
 * @param attempts how many retries in a row that move nothing; 0 for none
 * @param firstPause before the first retry; doubled for each further one in a row
 * @param pause waits
 */
public record RetryPolicy(int attempts, Duration firstPause, Pause pause) {
  /** Four retries, after 0.5, 1, 2 and 4 seconds. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(4, Duration.ofMillis(500), RetryPolicy::await);

  /** Waits; a test's does not. */
  @FunctionalInterface
  public interface Pause {
    void await(Duration duration) throws InterruptedException;
  }

  public RetryPolicy {
    if (attempts < 0 || attempts > 16 || firstPause.isNegative()) {
      throw new IllegalArgumentException("0 to 16 retries");
    }
  }

  /**
   * Waits before a retry.
   *
   * @param inRow 1 for the first one in a row
   * @throws Unreachable if the thread was interrupted
   */
  void before(int inRow) throws TransferException {
    try {
      pause.await(firstPause.multipliedBy(1L << (inRow - 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted", e);
    }
  }

  private static void await(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }
}
