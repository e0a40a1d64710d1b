package io.dotfs.daemon.control;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.Progress;

/** Where long work tells how far it has come. */
@FunctionalInterface
public interface ProgressSink {
  /**
   * Sends {@code progress} to whoever waits.
   *
   * @throws DaemonException {@link ErrorKind#CANCELLED} if nobody waits any more: the work ends
   */
  void progress(Progress progress) throws DaemonException;
}
