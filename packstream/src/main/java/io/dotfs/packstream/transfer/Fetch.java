package io.dotfs.packstream.transfer;

import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transport.Remote;

/** Brings commits of a remote dot here. One thread; one object may run several requests. */
public final class Fetch {
  private final Remote remote;
  private final LocalDot local;

  public Fetch(Remote remote, LocalDot local) {
    this.remote = remote;
    this.local = local;
  }

  /**
   * Fetches. Every object is verified against its id, and all of them together for completeness,
   * before anything becomes visible; then {@code PREFIX/remotes/NAME/BRANCH} and new tags are set.
   * Retries a broken connection by itself, a few times; what arrived is not fetched again, then or
   * when the same fetch is run again later.
   *
   * @return once objects and refs are durable here
   */
  public FetchResult run(FetchRequest request, Progress progress) throws TransferException {
    throw new UnsupportedOperationException(remote + "" + local + request + progress);
  }
}
