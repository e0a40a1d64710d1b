package io.dotfs.daemon.control;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.SigningMessages.SignatureWanted;

/** Where long work tells how far it has come, and asks its client for what it alone has. */
@FunctionalInterface
public interface ProgressSink {
  /**
   * Sends {@code progress} to whoever waits.
   *
   * @throws DaemonException {@link ErrorKind#CANCELLED} if nobody waits any more: the work ends
   */
  void progress(Progress progress) throws DaemonException;

  /**
   * Shows the client what it is to sign.
   *
   * @throws DaemonException {@link ErrorKind#CANCELLED} if nobody waits any more: the work ends
   */
  default void wanted(SignatureWanted signature) throws DaemonException {
    throw new DaemonException(ErrorKind.CANCELLED, "nobody is there to sign");
  }
}
