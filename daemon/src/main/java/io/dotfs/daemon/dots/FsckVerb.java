package io.dotfs.daemon.dots;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ServerMessages.Damage;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.control.ProgressSink;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Integrity of everything that refs reach: every object is read and verified. Thread safe. */
public final class FsckVerb {
  private static final long INTERVAL_NANOS = 200_000_000L;

  private final DotHome home;

  public FsckVerb(DotHome home) {
    this.home = home;
  }

  public FsckReply fsck(FsckRequest request, ProgressSink progress)
      throws DaemonException, StoreException {
    Check check = new Check(progress);
    Map<RefName, ObjectId> refs = home.refs().list("");
    List<ObjectId> done = new ArrayList<>();
    for (Map.Entry<RefName, ObjectId> ref : refs.entrySet()) {
      if (check.ref(ref.getKey(), ref.getValue(), done)) {
        done.add(ref.getValue());
      }
    }
    return new FsckReply(check.objects, check.bytes, refs.size(), check.damage);
  }

  /** One run; one thread. */
  private final class Check {
    private final ProgressSink progress;
    private final List<Damage> damage = new ArrayList<>();
    private long objects;
    private long bytes;
    private long toldAt;

    Check(ProgressSink progress) {
      this.progress = progress;
    }

    /** Checks what a ref adds to those that are done; false if a node that leads on is damaged. */
    boolean ref(RefName name, ObjectId tip, List<ObjectId> done) throws StoreException {
      try {
        new ObjectWalk(home.objects())
            .missing(List.of(tip), done, (id, type) -> object(name, id, type));
        return true;
      } catch (CorruptObjectException | MissingObjectException e) {
        add(name, e);
        return false;
      }
    }

    private void object(RefName ref, ObjectId id, ObjectType type) throws StoreException {
      try {
        bytes += home.objects().read(id, type).remaining();
      } catch (CorruptObjectException | MissingObjectException e) {
        add(ref, e);
      }
      objects++;
      tell();
    }

    private void add(RefName ref, StoreException failure) {
      String object = "";
      Optional<DamagePlace> place = Optional.empty();
      if (failure instanceof CorruptObjectException corrupt) {
        object = corrupt.id().map(ObjectId::toHex).orElse("");
        place = corrupt.place();
      } else if (failure instanceof MissingObjectException missing) {
        object = missing.id().toHex();
      }
      damage.add(
          new Damage(
              object,
              place.map(DamagePlace::file).orElse(""),
              place.map(DamagePlace::offset).orElse(0L),
              failure.getMessage() + " (reached from " + ref + ")"));
    }

    private void tell() {
      long now = System.nanoTime();
      if (now - toldAt >= INTERVAL_NANOS) {
        toldAt = now;
        try {
          progress.progress(new Progress("Checking", "", bytes, 0, objects, 0));
        } catch (DaemonException e) {
          CancellationException cancelled = new CancellationException(e.getMessage());
          cancelled.initCause(e);
          throw cancelled;
        }
      }
    }
  }
}
