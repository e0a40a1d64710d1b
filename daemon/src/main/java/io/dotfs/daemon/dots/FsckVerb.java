package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.maintenance.StoreVerifier;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Integrity of everything stored: every byte of every pack, and that all that refs reach is there.
 * Runs beside everything else. Thread safe.
 */
public final class FsckVerb {
  private static final long INTERVAL_NANOS = 200_000_000L;

  private final DotHome home;

  public FsckVerb(DotHome home) {
    this.home = home;
  }

  public FsckReply fsck(FsckRequest request, ProgressSink progress)
      throws DaemonException, StoreException {
    StoreVerifier verifier = new StoreVerifier(home.objects());
    long[] toldAt = new long[1];
    StoreVerifier.Report packs =
        verifier.verifyPacks(
            (objects, bytes) -> {
              long now = System.nanoTime();
              if (now - toldAt[0] >= INTERVAL_NANOS) {
                toldAt[0] = now;
                tell(progress, objects, bytes);
              }
            });
    Map<RefName, ObjectId> refs = home.refs().list("");
    Set<StoreVerifier.Damage> found = new LinkedHashSet<>(packs.damage());
    found.addAll(verifier.verifyReachable(new LinkedHashSet<>(refs.values())));
    List<Damage> damage = new ArrayList<>();
    for (StoreVerifier.Damage one : found) {
      damage.add(
          new Damage(
              one.object().map(ObjectId::toHex).orElse(""),
              one.place().map(DamagePlace::file).orElse(""),
              one.place().map(DamagePlace::offset).orElse(0L),
              one.reason()));
    }
    return new FsckReply(packs.objects(), packs.storedBytes(), refs.size(), damage);
  }

  private static void tell(ProgressSink progress, long objects, long bytes) {
    try {
      progress.progress(new Progress("Checking", "", bytes, 0, objects, 0));
    } catch (DaemonException e) {
      CancellationException cancelled = new CancellationException(e.getMessage());
      cancelled.initCause(e);
      throw cancelled;
    }
  }
}
