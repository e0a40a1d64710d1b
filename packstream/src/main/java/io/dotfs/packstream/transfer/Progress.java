package io.dotfs.packstream.transfer;

import io.dotfs.packstream.TransferException;

/**
 * Hears how a transfer goes. Never called concurrently, but {@link #advanced} of a push perhaps
 * from another thread than the one that runs it; what it does delays the transfer. Bytes are those
 * of objects as they are stored, compressed.
 */
public interface Progress {
  /** What has to be sent is being found out: {@code Calculating...}. Called again after a retry. */
  void calculating();

  /**
   * The amount is known.
   *
   * @param objects how many objects will be moved
   * @param bytes their stored bytes
   */
  void started(long objects, long bytes);

  /**
   * More was moved; called at most every few dozen kilobytes.
   *
   * @param objects moved since {@link #started}
   * @param bytes moved since {@link #started}
   */
  void advanced(long objects, long bytes);

  /**
   * The connection broke and the transfer is taken up again by itself.
   *
   * @param attempt 1 for the first retry
   * @param cause what broke it
   */
  void retrying(int attempt, TransferException cause);

  /** Hears and does nothing. */
  static Progress none() {
    return new Progress() {
      @Override
      public void calculating() {}

      @Override
      public void started(long objects, long bytes) {}

      @Override
      public void advanced(long objects, long bytes) {}

      @Override
      public void retrying(int attempt, TransferException cause) {}
    };
  }
}
