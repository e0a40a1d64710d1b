package io.dotfs.objectstore.object;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Who did something, and when by their clock.
 *
 * @param name the author as text, for example {@code Ann <ann@example.org>}; up to {@link
 *     #MAX_NAME_BYTES} of UTF-8, no control characters
 * @param time the instant, in nanoseconds
 * @param offset the author's offset from UTC, in whole minutes
 */
public record Stamp(String name, Instant time, ZoneOffset offset) {
  public static final int MAX_NAME_BYTES = 1024;

  public Stamp {
    Texts.check("author", name, MAX_NAME_BYTES);
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("an author with control characters");
    }
    if (offset.getTotalSeconds() % 60 != 0) {
      throw new IllegalArgumentException("a UTC offset of whole minutes, not " + offset);
    }
  }

  /** A stamp in UTC. */
  public static Stamp utc(String name, Instant time) {
    return new Stamp(name, time, ZoneOffset.UTC);
  }

  /** The time as the author's clock showed it. */
  public OffsetDateTime local() {
    return time.atOffset(offset);
  }
}
