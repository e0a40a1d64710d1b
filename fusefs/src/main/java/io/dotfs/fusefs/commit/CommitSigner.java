package io.dotfs.fusefs.commit;

import io.dotfs.objectstore.object.ByteName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Signs a commit before it is stored. Called while writers go on, once for each commit. */
@FunctionalInterface
public interface CommitSigner {
  /** Leaves commits unsigned. */
  CommitSigner NONE = payload -> Optional.empty();

  /**
   * Returns the signature to keep with the commit, if any.
   *
   * @param payload the commit's canonical form without a signature, from position to limit
   * @throws IOException if it cannot be signed: the commit is abandoned
   */
  Optional<ByteName> sign(ByteBuffer payload) throws IOException, InterruptedException;
}
