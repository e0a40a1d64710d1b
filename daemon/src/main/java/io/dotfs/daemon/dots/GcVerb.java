package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.GcMessages.GcReply;
import io.dotfs.daemon.api.GcMessages.GcRequest;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.maintenance.GarbageCollection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;

/**
 * Gives back the space of what nothing needs any more. Runs beside everything else; one at a time.
 * Thread safe.
 */
public final class GcVerb {
  /** Nothing younger goes: what an interrupted transfer brought is of use to the next one. */
  private static final Duration GRACE = Duration.ofHours(1);

  /** As git has them: gc.reflogExpire, gc.reflogExpireUnreachable. */
  private static final Duration EXPIRE = Duration.ofDays(90);

  private static final Duration EXPIRE_UNREACHABLE = Duration.ofDays(30);

  private final DotHome home;

  public GcVerb(DotHome home) {
    this.home = home;
  }

  public GcReply gc(GcRequest request, ProgressSink progress)
      throws DaemonException, IOException, StoreException, InterruptedException {
    Instant now = home.clock().instant();
    Instant youngSince = now.minusSeconds(request.graceSeconds().orElse(GRACE.toSeconds()));
    HomeRoots roots =
        new HomeRoots(
            home,
            home.trees().idle(),
            now.minusSeconds(request.expireSeconds().orElse(EXPIRE.toSeconds())),
            now.minusSeconds(
                request.expireUnreachableSeconds().orElse(EXPIRE_UNREACHABLE.toSeconds())));
    // A pack that is finished in this very millisecond is not young when nothing is to be.
    long youngSinceMillis =
        request.graceSeconds().orElse(1L) == 0 ? Long.MAX_VALUE : youngSince.toEpochMilli();
    Told told = new Told(progress);
    GarbageCollection.Report report =
        new GarbageCollection(home.objects(), roots, told::stop)
            .run(
                new GarbageCollection.Plan(
                    youngSinceMillis, request.everything(), request.dryRun()),
                told::swept);
    if (!request.dryRun()) {
      // At last, since it takes space, of which there may have been none before.
      roots.expireLogs();
    }
    return new GcReply(
        request.dryRun(),
        report.objects(),
        report.bytes(),
        report.unneededObjects(),
        report.unneededBytes(),
        report.youngBytes(),
        report.leftBytes(),
        report.packsRemoved(),
        report.freedBytes());
  }

  /** Tells now and then, and so finds out whether anybody waits still. */
  private static final class Told {
    private static final long INTERVAL_NANOS = 200_000_000L;

    private final ProgressSink sink;
    private long toldAt = System.nanoTime();
    private long doneBytes;
    private long ofBytes;

    Told(ProgressSink sink) {
      this.sink = sink;
    }

    boolean stop() {
      if (System.nanoTime() - toldAt >= INTERVAL_NANOS) {
        tell();
      }
      return false;
    }

    void swept(long bytes, long of) {
      doneBytes = bytes;
      ofBytes = of;
      tell();
    }

    private void tell() {
      toldAt = System.nanoTime();
      try {
        sink.progress(new Progress("Collecting", "", doneBytes, ofBytes, 0, 0));
      } catch (DaemonException e) {
        CancellationException cancelled = new CancellationException(e.getMessage());
        cancelled.initCause(e);
        throw cancelled;
      }
    }
  }
}
