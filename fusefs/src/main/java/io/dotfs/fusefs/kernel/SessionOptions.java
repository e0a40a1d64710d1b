package io.dotfs.fusefs.kernel;

/**
 * How a mount is served.
 *
 * @param name for threads and log lines
 * @param readers threads that always read requests
 * @param maxThreads bound of all serving threads, spare ones for blocked requests included
 * @param posixAcl the file system stores {@code system.posix_acl_*} attributes
 * @param zeroTimeouts the kernel keeps nothing, whatever the file system allows
 * @param noticeLimit distinct names or inodes that may wait for invalidation before they are merged
 */
public record SessionOptions(
    String name,
    int readers,
    int maxThreads,
    boolean posixAcl,
    boolean zeroTimeouts,
    int noticeLimit) {
  /** Each blocked request holds a thread; the kernel keeps what exceeds them. */
  private static final int DEFAULT_MAX_THREADS = 256;

  private static final int DEFAULT_NOTICE_LIMIT = 65_536;

  public SessionOptions {
    if (readers < 1 || maxThreads < readers + 1 || noticeLimit < 1) {
      throw new IllegalArgumentException(
          readers + " readers, " + maxThreads + " threads, " + noticeLimit + " notices");
    }
  }

  /** As many readers as processors. */
  public static SessionOptions of(String name) {
    int readers = Math.min(Runtime.getRuntime().availableProcessors(), DEFAULT_MAX_THREADS - 1);
    return new SessionOptions(
        name, readers, DEFAULT_MAX_THREADS, false, false, DEFAULT_NOTICE_LIMIT);
  }

  public SessionOptions withPosixAcl(boolean value) {
    return new SessionOptions(name, readers, maxThreads, value, zeroTimeouts, noticeLimit);
  }

  public SessionOptions withZeroTimeouts(boolean value) {
    return new SessionOptions(name, readers, maxThreads, posixAcl, value, noticeLimit);
  }
}
