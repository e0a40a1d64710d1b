package io.dotfs.packstream.receive;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.wire.RemoteDot;
import java.util.List;

/**
 * Knows the dots of one place and what each user may do with them. Users have been authenticated by
 * the caller. Any number of threads.
 */
public interface DotHost {
  /** The namespace of names without one, for {@code user}. */
  String defaultNamespace(String user);

  /** The dots with at least one ref that {@code user} may read, by name. */
  List<RemoteDot> list(String user) throws TransferException;

  /**
   * A dot to read from.
   *
   * @return to be closed by the caller
   * @throws TransferException.UnknownDot if there is none, or none that {@code user} may read
   */
  Opened forReading(String user, DotName dot) throws TransferException;

  /**
   * A dot to push to; made if it is not there and {@code user} may make it. Until a ref is there,
   * nobody sees it.
   *
   * @return to be closed by the caller
   * @throws TransferException.UnknownDot if there is none that {@code user} may read or make
   * @throws TransferException.PermissionDenied if {@code user} may read it but not write
   */
  Opened forWriting(String user, DotName dot) throws TransferException;

  /**
   * A dot in use.
   *
   * @param dot the dot
   * @param writable whether the user may push
   * @param release gives it back; called once
   */
  record Opened(HostedDot dot, boolean writable, Runnable release) implements AutoCloseable {
    /** Gives it back. */
    @Override
    public void close() {
      release.run();
    }
  }
}
