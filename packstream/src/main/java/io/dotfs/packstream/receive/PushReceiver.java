package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ConnectivityCheck;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.LayeredReader;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.LimitExceeded;
import io.dotfs.packstream.TransferException.LostCommit;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.TransferException.RefConflict;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RefUpdate;
import io.dotfs.packstream.wire.SessionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lets a push in, step by step: verified objects into the user's quarantine; all of them judged
 * together; copied into the dot's store and synced; refs moved by compare-and-set. Whatever fails
 * earlier leaves the dot as it was and the quarantine with what arrived.
 *
 * <p>Pushes to one dot run at once up to the last two steps, which are done one push at a time.
 */
final class PushReceiver {
  private static final int MAX_LOST_LISTED = 20;
  private static final int MAX_MISSING_LISTED = 3;
  private static final long PATIENCE_MILLIS = 10_000;
  private final ObjectStore store;
  private final RefStore refs;
  private final ReceiveLimits limits;
  private final ReachableBases bases;
  private final RunningPushes running = new RunningPushes(PATIENCE_MILLIS);
  private final Object lastSteps = new Object();

  /**
   * Lets pushes into a store.
   *
   * @param bases what pushed objects may be differences to
   */
  PushReceiver(ObjectStore store, RefStore refs, ReceiveLimits limits, ReachableBases bases) {
    this.store = store;
    this.refs = refs;
    this.limits = limits;
    this.bases = bases;
  }

  /** Ends an earlier stream of the same push that still hangs, and waits until it has. */
  void supersede(String user, SessionId session) throws TransferException {
    running.supersede(user, session);
  }

  PushReceipt receive(String user, Path directory, PushHeader header, ObjectSource objects)
      throws TransferException, StoreException {
    if (header.objects() > limits.maxObjects() || header.bytes() > limits.maxBytes()) {
      throw new LimitExceeded("the push is larger than this remote accepts");
    }
    bases.refresh();
    try (RunningPushes.Running self = running.begin(user, header.session(), objects);
        Hold hold = store.retention().hold(this::tips);
        Quarantine quarantine = Quarantine.open(directory, bases)) {
      checkExpected(header);
      long received = take(objects, self, quarantine, header);
      if (Quarantine.sizeBytes(directory) > limits.maxQuarantineBytes()) {
        quarantine.discard();
        throw new LimitExceeded("broken pushes of this dot have left too much behind; try again");
      }
      judge(header, quarantine);
      PushReceipt receipt;
      synchronized (lastSteps) {
        receipt = letIn(user, header, quarantine, received);
      }
      quarantine.discard();
      return receipt;
    }
  }

  /** Receives until the end of the stream; keeps what was verified, however it ends. */
  private long take(
      ObjectSource objects, RunningPushes.Running self, Quarantine quarantine, PushHeader header)
      throws TransferException, StoreException {
    long received = 0;
    long bytes = 0;
    try (Intake intake = new Intake(quarantine)) {
      for (Optional<StoredObject> next = objects.next(); next.isPresent(); next = objects.next()) {
        self.checkStillWanted();
        received++;
        bytes += next.get().bytes().remaining();
        if (received > header.objects() || bytes > limits.maxBytes()) {
          throw new LimitExceeded("the push is larger than it announced");
        }
        intake.put(next.get());
      }
    } catch (CorruptObjectException e) {
      CorruptTransfer told = new CorruptTransfer(String.valueOf(e.getMessage()));
      told.initCause(e);
      throw told;
    }
    return received;
  }

  private void checkExpected(PushHeader header) throws TransferException, StoreException {
    for (RefUpdate update : header.updates()) {
      if (!refs.get(new RefName(update.ref())).equals(update.expectedOld())) {
        throw new RefConflict(update.ref());
      }
    }
  }

  private List<ObjectId> tips() throws StoreException {
    SortedMap<RefName, ObjectId> all = new TreeMap<>(refs.list("heads/"));
    all.putAll(refs.list("tags/"));
    return List.copyOf(new HashSet<>(all.values()));
  }

  private void judge(PushHeader header, Quarantine quarantine)
      throws TransferException, StoreException {
    ObjectReader received = quarantine.objects();
    List<ObjectId> targets = header.updates().stream().map(RefUpdate::target).distinct().toList();
    List<ObjectId> missing;
    try {
      missing = new ConnectivityCheck(received, store).missing(targets, tips(), MAX_MISSING_LISTED);
    } catch (CorruptObjectException e) {
      Incomplete told = new Incomplete(String.valueOf(e.getMessage()));
      told.initCause(e);
      throw told;
    }
    if (!missing.isEmpty()) {
      throw new Incomplete("missing object " + missing.get(0));
    }
    LayeredReader all = new LayeredReader(received, store);
    for (RefUpdate update : header.updates()) {
      judge(update, all);
    }
  }

  private static void judge(RefUpdate update, ObjectReader all)
      throws TransferException, StoreException {
    boolean branch = update.ref().startsWith("heads/");
    ObjectType type = all.info(update.target()).map(ObjectInfo::type).orElse(ObjectType.CHUNK);
    if (type != ObjectType.COMMIT && (branch || type != ObjectType.TAG)) {
      throw new Incomplete(update.ref() + " would name an object that is no commit");
    }
    if (update.force() || update.expectedOld().isEmpty()) {
      return;
    }
    ObjectId old = update.expectedOld().get();
    if (!branch) {
      throw new NonFastForward(update.ref(), List.of(), false);
    }
    History history = new History(all);
    if (!history.isAncestor(old, update.target())) {
      throw lost(update.ref(), history, old, update.target());
    }
  }

  /** Lists what moving {@code ref} from {@code old} to {@code target} would lose. */
  static NonFastForward lost(String ref, History history, ObjectId old, ObjectId target)
      throws StoreException {
    History.Walk walk = history.newestFirst(Set.of(old), Set.of(target));
    List<LostCommit> lost = new ArrayList<>();
    Optional<History.Entry> next = walk.next();
    while (next.isPresent() && lost.size() < MAX_LOST_LISTED) {
      Commit commit = next.get().commit();
      String subject = commit.message().lines().findFirst().orElse("");
      lost.add(new LostCommit(next.get().id(), commit.author().name(), subject));
      next = walk.next();
    }
    return new NonFastForward(ref, lost, next.isPresent());
  }

  private PushReceipt letIn(String user, PushHeader header, Quarantine quarantine, long received)
      throws TransferException, StoreException {
    checkExpected(header);
    List<ObjectId> targets = header.updates().stream().map(RefUpdate::target).distinct().toList();
    long installed = quarantine.install(store, targets, tips());
    List<io.dotfs.objectstore.ref.RefUpdate> batch = new ArrayList<>();
    for (RefUpdate update : header.updates()) {
      batch.add(
          new io.dotfs.objectstore.ref.RefUpdate(
              new RefName(update.ref()),
              update.expectedOld(),
              Optional.of(update.target()),
              (update.force() ? "forced push by " : "push by ") + user));
    }
    try {
      refs.update(batch);
    } catch (RefConflictException e) {
      RefConflict told = new RefConflict(header.updates().get(0).ref());
      told.initCause(e);
      throw told;
    }
    return new PushReceipt(received, Math.max(0, installed - received));
  }
}
