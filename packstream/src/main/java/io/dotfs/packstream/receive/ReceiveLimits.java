package io.dotfs.packstream.receive;

/**
 * What a receiver puts up with.
 *
 * @param maxObjects objects in one push
 * @param maxBytes stored bytes in one push
 * @param maxQuarantineBytes bytes on disk that one user's broken pushes to one dot may keep;
 *     beyond, they are dropped and sent again
 */
public record ReceiveLimits(long maxObjects, long maxBytes, long maxQuarantineBytes) {
  /** 2^31 objects, 1 TiB a push and as much in quarantine. */
  public static final ReceiveLimits DEFAULT = new ReceiveLimits(1L << 31, 1L << 40, 1L << 40);

  public ReceiveLimits {
    if (maxObjects < 1 || maxBytes < 1 || maxQuarantineBytes < 1) {
      throw new IllegalArgumentException("a limit below 1");
    }
  }
}
