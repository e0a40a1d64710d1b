package io.dotfs.packstream.transfer;

import io.dotfs.packstream.DotName;
import java.util.Optional;

/**
 * What to fetch.
 *
 * @param dot its name on the remote
 * @param branch the branch; absent for all of them
 * @param tags whether tags are fetched too; one that exists here already stays as it is
 * @param remoteName under which the remote is known here: {@code PREFIX/remotes/NAME/BRANCH} is set
 */
public record FetchRequest(DotName dot, Optional<String> branch, boolean tags, String remoteName) {
  public FetchRequest {
    if (!DotName.isPart(remoteName)) {
      throw new IllegalArgumentException("invalid remote name");
    }
  }
}
