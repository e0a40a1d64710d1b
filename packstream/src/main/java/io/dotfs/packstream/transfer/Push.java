package io.dotfs.packstream.transfer;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transport.Remote;

/** Brings commits of a local dot to a remote. One thread; one object may run several requests. */
public final class Push {
  private final Remote remote;
  private final LocalDot local;

  public Push(Remote remote, LocalDot local) {
    this.remote = remote;
    this.local = local;
  }

  /**
   * Pushes. Retries a broken connection by itself, a few times; what arrived is not sent again,
   * then or when the same push is run again later.
   *
   * @return once objects and refs are durable on the remote
   * @throws TransferException if nothing was moved (but see {@link
   *     io.dotfs.packstream.transport.Remote#push})
   */
  public PushResult run(PushRequest request, Progress progress) throws TransferException {
    throw new UnsupportedOperationException(remote + "" + local + request + progress);
  }
}
