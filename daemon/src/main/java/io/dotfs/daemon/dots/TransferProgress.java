package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transfer.Progress;
import java.util.concurrent.CancellationException;

/**
 * Tells a client how a transfer goes, a few times a second. If the client has gone, the transfer is
 * ended by a {@link CancellationException}. One thread.
 */
final class TransferProgress implements Progress {
  private static final long INTERVAL_NANOS = 100_000_000L;

  private final ProgressSink sink;
  private final String label;
  private long totalObjects;
  private long totalBytes;
  private long toldAt;

  TransferProgress(ProgressSink sink, String label) {
    this.sink = sink;
    this.label = label;
  }

  @Override
  public void calculating() {
    tell("Calculating", 0, 0);
  }

  @Override
  public void started(long objects, long bytes) {
    totalObjects = objects;
    totalBytes = bytes;
    tell("Transferring", 0, 0);
  }

  @Override
  public void advanced(long objects, long bytes) {
    long now = System.nanoTime();
    if (now - toldAt >= INTERVAL_NANOS || bytes >= totalBytes) {
      toldAt = now;
      tell("Transferring", objects, bytes);
    }
  }

  @Override
  public void retrying(int attempt, TransferException cause) {
    tell("Retrying", 0, 0);
  }

  private void tell(String phase, long objects, long bytes) {
    try {
      sink.progress(
          new io.dotfs.daemon.api.Progress(phase, label, bytes, totalBytes, objects, totalObjects));
    } catch (DaemonException e) {
      CancellationException cancelled = new CancellationException(e.getMessage());
      cancelled.initCause(e);
      throw cancelled;
    }
  }
}
