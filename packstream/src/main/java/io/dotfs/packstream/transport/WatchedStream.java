package io.dotfs.packstream.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A stream that knows when it was last read from. Read by one thread, watched by another. */
final class WatchedStream extends FilterInputStream {
  private static final long LOOK_SECONDS = 5;
  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "transfer-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile long lastReadNanos = System.nanoTime();
  private volatile boolean ended;
  private volatile boolean waiting;

  WatchedStream(InputStream source) {
    super(source);
  }

  /**
   * Wraps an answer's body so that it is closed, and a read that waits for it ends, when nothing
   * comes for {@code stallNanos}.
   */
  static InputStream closedOnStall(InputStream source, long stallNanos) {
    WatchedStream watched = new WatchedStream(source);
    Future<?> watch =
        WATCH.scheduleWithFixedDelay(
            () -> watched.closeIfStalled(stallNanos), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    return new FilterInputStream(watched) {
      @Override
      public void close() throws IOException {
        watch.cancel(false);
        super.close();
      }
    };
  }

  private void closeIfStalled(long stallNanos) {
    if (waiting && nanosSinceRead() > stallNanos) {
      try {
        close();
      } catch (IOException e) {
        // The reader finds out by itself.
        ended = true;
      }
    }
  }

  /** How long ago somebody last read, or began to wait. */
  long nanosSinceRead() {
    return System.nanoTime() - lastReadNanos;
  }

  /** Whether the end was read. */
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    lastReadNanos = System.nanoTime();
    waiting = true;
    int count = super.read(target, offset, length);
    waiting = false;
    lastReadNanos = System.nanoTime();
    if (count < 0) {
      ended = true;
    }
    return count;
  }
}
