package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import java.util.Optional;

/**
 * One move of a ref that a push asks for.
 *
 * @param ref {@code heads/BRANCH} or {@code tags/TAG}
 * @param expectedOld what the ref must hold for the move to happen; absent if it must not exist
 * @param target what it shall hold: a commit, or for a tag also a tag object
 * @param force whether commits may be lost by the move
 */
public record RefUpdate(
    String ref, Optional<ObjectId> expectedOld, ObjectId target, boolean force) {
  public RefUpdate {
    if (!isRef(ref)) {
      throw new IllegalArgumentException("not a branch or a tag");
    }
  }

  /** Whether {@code text} names a branch or a tag. */
  public static boolean isRef(String text) {
    int slash = text.indexOf('/');
    String kind = slash < 0 ? "" : text.substring(0, slash);
    return (kind.equals("heads") || kind.equals("tags"))
        && DotName.isPart(text.substring(slash + 1));
  }
}
