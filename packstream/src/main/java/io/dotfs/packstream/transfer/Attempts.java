package io.dotfs.packstream.transfer;

import io.dotfs.packstream.TransferException;

/**
 * Counts what one transfer moved over all its attempts, tells the listener, and takes it up again
 * when the connection breaks. The first attempt that does not even reach the remote is not
 * repeated.
 */
final class Attempts {
  private final RetryPolicy policy;
  private final Progress progress;
  private boolean reached;
  private int retries;
  private int retriesInRow;
  private long objects;
  private long bytes;
  private long fileBytes;
  private long objectsNow;
  private long bytesNow;

  Attempts(RetryPolicy policy, Progress progress) {
    this.policy = policy;
    this.progress = progress;
  }

  /** One attempt. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws TransferException;
  }

  <T> T run(Attempt<T> attempt) throws TransferException {
    while (true) {
      try {
        progress.calculating();
        return attempt.run();
      } catch (TransferException e) {
        if (!reached || !e.retryMayHelp() || retriesInRow >= policy.attempts()) {
          throw e;
        }
        retries++;
        retriesInRow++;
        progress.retrying(retries, e);
        policy.before(retriesInRow);
      }
    }
  }

  /** Whether an earlier attempt broke. */
  boolean isRetry() {
    return retries > 0;
  }

  /** The remote answered. */
  void reached() {
    reached = true;
  }

  /** An attempt knows how much there is to move. */
  void started(long objectCount, long byteCount) {
    objectsNow = 0;
    bytesNow = 0;
    progress.started(objectCount, byteCount);
  }

  /** An object was moved. */
  void moved(long storedBytes, long rawFileBytes) {
    retriesInRow = 0;
    objects++;
    objectsNow++;
    bytes += storedBytes;
    bytesNow += storedBytes;
    fileBytes += rawFileBytes;
    progress.advanced(objectsNow, bytesNow);
  }

  /**
   * The summary at the end.
   *
   * @param present nodes that the receiver had
   * @param dataBytes file data of what was asked for
   */
  TransferSummary summary(long present, long dataBytes) {
    // What repeats within the data is moved once: without a common node, that is what the rest is.
    long there = present == 0 ? 0 : Math.max(0, dataBytes - fileBytes);
    return new TransferSummary(objects, bytes, present, there, retries);
  }
}
