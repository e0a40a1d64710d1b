package io.dotfs.fusefs.overlay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room on a disk, asked for on every change and measured again when the figure is too old. A
 * measurement that fails says nothing of the room: the last one goes on counting, and the next call
 * measures again. For any number of threads.
 */
public final class DiskSpace {
  /** Bytes of the disk: free for ordinary users, and in all. */
  record Figures(long freeBytes, long totalBytes) {}

  /** Measures; takes microseconds. */
  @FunctionalInterface
  interface Measurement {
    /**
     * Asks the disk.
     *
     * @throws IOException if the disk could not be asked
     */
    Figures take() throws IOException;
  }

  static final long AGE_NANOS = 50_000_000L;
  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

  private final Measurement measurement;
  private final LongSupplier nanoTime;
  private volatile Figures figures;
  private volatile long takenAt;

  @GuardedBy("this")
  private boolean failing;

  DiskSpace(Measurement measurement, LongSupplier nanoTime) throws IOException {
    this.measurement = measurement;
    this.nanoTime = nanoTime;
    this.takenAt = nanoTime.getAsLong();
    this.figures = measurement.take();
  }

  /** Free bytes for ordinary users; up to 50 milliseconds old. */
  public long freeBytes() {
    long now = nanoTime.getAsLong();
    if (now - takenAt > AGE_NANOS) {
      // Before the measurement, so that only one of many threads makes it.
      takenAt = now;
      measure();
    }
    return figures.freeBytes();
  }

  /** Free bytes for ordinary users, measured now: to refuse something by. */
  public long freeBytesNow() {
    takenAt = nanoTime.getAsLong();
    measure();
    return figures.freeBytes();
  }

  /** Bytes of the disk in all. */
  public long totalBytes() {
    return figures.totalBytes();
  }

  /** Somebody knows that the figure is out of date. */
  void changed() {
    takenAt = nanoTime.getAsLong() - AGE_NANOS - 1;
  }

  private synchronized void measure() {
    try {
      figures = measurement.take();
      failing = false;
    } catch (IOException e) {
      changed();
      if (!failing) {
        LOG.warn("the free space of the disk cannot be measured; {} counts", figures, e);
      }
      failing = true;
    }
  }
}
