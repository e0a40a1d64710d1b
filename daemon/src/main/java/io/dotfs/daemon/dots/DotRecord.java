package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DotMessages.Upstream;
import java.util.Optional;

/**
 * What the registry keeps of a dot.
 *
 * @param branch the one that is checked out; it may have no commit yet
 * @param createdSeconds since the epoch
 * @param upstream where its branches go by default
 */
public record DotRecord(String branch, long createdSeconds, Optional<Upstream> upstream) {
  DotRecord withBranch(String newBranch) {
    return new DotRecord(newBranch, createdSeconds, upstream);
  }

  DotRecord withUpstream(Upstream newUpstream) {
    return new DotRecord(branch, createdSeconds, Optional.of(newUpstream));
  }
}
