package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One compare-and-set of a ref.
 *
 * @param name which ref
 * @param expected its value now; absent if it must not exist
 * @param next its value afterwards; absent to delete it
 * @param reason one line for the reflog, at most {@link #MAX_REASON_LENGTH} characters
 */
public record RefUpdate(
    RefName name, Optional<ObjectId> expected, Optional<ObjectId> next, String reason) {
  public static final int MAX_REASON_LENGTH = 1024;

  public RefUpdate {
    if (reason.length() > MAX_REASON_LENGTH
        || reason.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(reason)) {
      throw new IllegalArgumentException("a reflog line is one line of well-formed text");
    }
  }

  /** Creates a ref that must not exist. */
  public static RefUpdate create(RefName name, ObjectId next, String reason) {
    return new RefUpdate(name, Optional.empty(), Optional.of(next), reason);
  }

  /** Moves a ref. */
  public static RefUpdate move(RefName name, ObjectId expected, ObjectId next, String reason) {
    return new RefUpdate(name, Optional.of(expected), Optional.of(next), reason);
  }

  /** Deletes a ref. */
  public static RefUpdate delete(RefName name, ObjectId expected, String reason) {
    return new RefUpdate(name, Optional.of(expected), Optional.empty(), reason);
  }
}
