package io.dotfs.packstream.wire;

import java.util.random.RandomGenerator;

/**
 * Names one push over all its attempts. Not a secret: it counts only together with user and dot.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record SessionId(long high, long low) {
  /** A new one. */
  public static SessionId random(RandomGenerator random) {
    return new SessionId(random.nextLong(), random.nextLong());
  }
}
