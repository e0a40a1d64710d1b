package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.wire.RefUpdate;
import java.util.List;

/**
 * What to push.
 *
 * @param dot its name on the remote
 * @param refs what shall be there afterwards; all move or none
 * @param tags whether this dot's tags go along that name something in the history of {@code refs};
 *     a name that exists there already stays as it is
 * @param remoteName under which the remote is known here: {@code PREFIX/remotes/NAME/BRANCH}
 *     follows each branch that was pushed
 */
public record PushRequest(DotName dot, List<Ref> refs, boolean tags, String remoteName) {
  /**
   * One ref to push.
   *
   * @param ref {@code heads/BRANCH} or {@code tags/TAG}
   * @param target what it shall hold, present in the local store
   * @param lease the condition
   */
  public record Ref(String ref, ObjectId target, Lease lease) {
    public Ref {
      if (!RefUpdate.isRef(ref)) {
        throw new IllegalArgumentException("not a branch or a tag");
      }
    }
  }

  public PushRequest {
    refs = List.copyOf(refs);
    if (!DotName.isPart(remoteName)) {
      throw new IllegalArgumentException("invalid remote name");
    }
  }

  /** One branch, fast-forward only, without tags. */
  public static PushRequest branch(DotName dot, String branch, ObjectId target, String remoteName) {
    return new PushRequest(
        dot,
        List.of(new Ref("heads/" + branch, target, new Lease.FastForward())),
        false,
        remoteName);
  }
}
