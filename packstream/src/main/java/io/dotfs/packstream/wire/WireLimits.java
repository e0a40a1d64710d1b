package io.dotfs.packstream.wire;

/** Limits of every message, checked by whoever writes and by whoever reads. See FORMAT.md. */
public final class WireLimits {
  /** Refs of a dot, and updates in a push. */
  public static final int MAX_REFS = 4096;

  /** Commits listed, or named as known, in one message. */
  public static final int MAX_COMMITS = 1024;

  /** Ids in one question for what need not be sent. */
  public static final int MAX_HAVES = 8192;

  /** Dots in a listing. */
  public static final int MAX_DOTS = 65_536;

  /** Objects in one transfer. */
  public static final long MAX_OBJECTS = 1L << 31;

  /** Stored bytes of one object: the longest chunk and what compression may add to it. */
  public static final int MAX_STORED_BYTES = (4 << 20) + (64 << 10);

  /** Bytes of one commit. */
  public static final int MAX_COMMIT_BYTES = 1 << 20;

  /** Bytes of a text in a message. */
  public static final int MAX_TEXT_BYTES = 4096;

  /** Bytes of a message other than a pack stream or a listing. */
  public static final int MAX_MESSAGE_BYTES = 4 << 20;

  private WireLimits() {}

  /**
   * Holds a count to its limit.
   *
   * @throws IllegalArgumentException if it is exceeded
   */
  static void check(String what, long count, long limit) {
    if (count < 0 || count > limit) {
      throw new IllegalArgumentException(what + ": " + count + ", at most " + limit);
    }
  }
}
