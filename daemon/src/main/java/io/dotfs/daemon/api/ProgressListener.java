package io.dotfs.daemon.api;

import io.dotfs.daemon.api.SigningMessages.SignatureWanted;

/** Takes what the daemon tells during long work, on the thread that called the client. */
@FunctionalInterface
public interface ProgressListener {
  /** Ignores progress. */
  ProgressListener NONE = progress -> {};

  void progress(Progress progress);

  /**
   * The work waits for a signature, which goes to the daemon as a {@link
   * SigningMessages.SignRequest}. Comes only where the request asked for one.
   *
   * @throws DaemonException if the daemon does not take it
   */
  default void wanted(SignatureWanted signature) throws DaemonException {
    throw new DaemonException(ErrorKind.PROTOCOL, "the daemon asks for a signature unasked");
  }
}
