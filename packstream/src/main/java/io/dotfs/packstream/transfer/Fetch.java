package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ConnectivityCheck;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.LocalFailure;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.TransferException.UnknownRef;
import io.dotfs.packstream.negotiate.CommonCommits;
import io.dotfs.packstream.negotiate.ObjectList;
import io.dotfs.packstream.negotiate.ReachableCommits;
import io.dotfs.packstream.negotiate.ReachableObjects;
import io.dotfs.packstream.receive.Intake;
import io.dotfs.packstream.receive.Quarantine;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.FetchSelection;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.RemoteRefs;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Brings commits of a remote dot here. One thread; one object may run several requests.
 *
 * <p>The remote is not trusted. It gets to know, and may build upon, only what this dot's own refs
 * reach: that another dot of the same store holds an object neither spares its transfer nor makes a
 * fetched tree complete.
 */
public final class Fetch {
  private static final int MAX_MISSING_LISTED = 3;
  private final Remote remote;
  private final LocalDot local;
  private final RetryPolicy retries;

  public Fetch(Remote remote, LocalDot local) {
    this(remote, local, RetryPolicy.DEFAULT);
  }

  public Fetch(Remote remote, LocalDot local, RetryPolicy retries) {
    this.remote = remote;
    this.local = local;
    this.retries = retries;
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
    Attempts attempts = new Attempts(retries, progress);
    return attempts.run(
        () -> {
          try {
            return attempt(request, attempts);
          } catch (StoreException e) {
            throw new LocalFailure("the local store failed: " + e.getMessage(), e);
          }
        });
  }

  private FetchResult attempt(FetchRequest request, Attempts attempts)
      throws TransferException, StoreException {
    SortedMap<String, ObjectId> selected = select(request, remote.refs(request.dot()));
    attempts.reached();
    Set<ObjectId> localTips = new LinkedHashSet<>();
    try (Hold hold =
        local
            .store()
            .retention()
            .hold(
                () -> {
                  localTips.addAll(local.refs().list(local.refPrefix() + "/").values());
                  return localTips;
                })) {
      return attempt(request, selected, localTips, attempts);
    }
  }

  /** What {@code localTips} reach stays here until the refs have moved. */
  private FetchResult attempt(
      FetchRequest request,
      SortedMap<String, ObjectId> selected,
      Set<ObjectId> localTips,
      Attempts attempts)
      throws TransferException, StoreException {
    Set<ObjectId> wants = new LinkedHashSet<>(selected.values());
    ReachableCommits commits = new ReachableCommits(local.store());
    wants.removeAll(commits.among(wants, localTips));
    long present = selected.values().stream().distinct().count() - wants.size();
    if (wants.isEmpty()) {
      attempts.started(0, 0);
    } else {
      present += receive(request, wants, localTips, attempts);
    }
    SortedMap<String, ObjectId> moved = Tracking.follow(local, request.remoteName(), selected);
    return new FetchResult(selected, moved, attempts.summary(present, dataBytes(selected)));
  }

  private static SortedMap<String, ObjectId> select(FetchRequest request, RemoteRefs there)
      throws TransferException {
    SortedMap<String, ObjectId> selected = new TreeMap<>();
    for (Map.Entry<String, ObjectId> ref : there.refs().entrySet()) {
      boolean wanted =
          ref.getKey().startsWith("heads/")
              ? request.branch().map(b -> ref.getKey().equals("heads/" + b)).orElse(true)
              : request.tags();
      if (wanted) {
        selected.put(ref.getKey(), ref.getValue());
      }
    }
    if (there.refs().isEmpty()) {
      throw new UnknownDot(request.dot());
    }
    if (request.branch().isPresent() && there.branch(request.branch().get()).isEmpty()) {
      throw new UnknownRef(request.dot(), "branch " + request.branch().get());
    }
    return selected;
  }

  /** Receives, judges and lets in; returns how many nodes were here already. */
  private long receive(
      FetchRequest request, Set<ObjectId> wants, Set<ObjectId> localTips, Attempts attempts)
      throws TransferException, StoreException {
    DotName dot = request.dot();
    ReachableCommits commits = new ReachableCommits(local.store());
    List<ObjectId> common =
        localTips.isEmpty()
            ? List.of()
            : new CommonCommits(remote, dot).find(wants, ids -> commits.among(ids, localTips));
    FetchQuery query = new FetchQuery(List.copyOf(wants), common);
    try (Quarantine quarantine =
        Quarantine.open(local.quarantine().resolve(request.remoteName()), local.store())) {
      Choice choice = choose(dot, query, quarantine, localTips);
      attempts.started(choice.objects().size(), choice.objects().storedBytes());
      if (choice.objects().size() > 0) {
        take(dot, query, choice, quarantine, attempts);
      }
      List<ObjectId> missing;
      try {
        missing =
            new ConnectivityCheck(quarantine.objects(), local.store())
                .missing(wants, localTips, MAX_MISSING_LISTED);
      } catch (CorruptObjectException e) {
        throw refused(String.valueOf(e.getMessage()), e);
      }
      if (!missing.isEmpty()) {
        throw new Incomplete("the remote did not send object " + missing.get(0));
      }
      quarantine.install(local.store(), wants, localTips);
      quarantine.discard();
      return common.size() + choice.present();
    }
  }

  /**
   * What to ask for.
   *
   * @param objects in the order in which they come
   * @param selection their positions in the listing
   * @param present how many listed objects are here
   */
  private record Choice(ObjectList objects, FetchSelection selection, long present) {}

  private Choice choose(
      DotName dot, FetchQuery query, Quarantine quarantine, Set<ObjectId> localTips)
      throws TransferException, StoreException {
    boolean unrelated = query.haves().isEmpty() && !localTips.isEmpty();
    ReachableObjects here =
        new ReachableObjects(
            local.store(), local.store()::scratch, new SplittableRandom().nextLong());
    ObjectList objects = new ObjectList(local.store()::scratch);
    BitSet chosen = new BitSet();
    int position = 0;
    long present = 0;
    try (ObjectListing listing = remote.list(dot, query)) {
      for (Optional<ListedObject> next = listing.next(); next.isPresent(); next = listing.next()) {
        ObjectId id = next.get().id();
        if (quarantine.objects().contains(id) || (unrelated && here.contains(id, localTips))) {
          present++;
        } else {
          chosen.set(position);
          objects.add(next.get());
        }
        position++;
      }
      return new Choice(objects, new FetchSelection(chosen, position, listing.checksum()), present);
    }
  }

  /** Receives what was chosen, in its order and nothing else; keeps it, however it ends. */
  private void take(
      DotName dot, FetchQuery query, Choice choice, Quarantine quarantine, Attempts attempts)
      throws TransferException, StoreException {
    try (ObjectSource source = remote.fetch(dot, query, choice.selection());
        Intake intake = new Intake(quarantine)) {
      long count = 0;
      for (Optional<StoredObject> next = source.next(); next.isPresent(); next = source.next()) {
        StoredObject object = next.get();
        if (count >= choice.objects().size()
            || !choice.objects().get(count).id().equals(object.id())) {
          throw new CorruptTransfer("object " + object.id() + " was not asked for");
        }
        intake.put(object);
        attempts.moved(
            choice.objects().get(count).storedBytes(),
            object.type() == ObjectType.CHUNK ? object.lengthBytes() : 0);
        count++;
      }
    } catch (CorruptObjectException e) {
      CorruptTransfer told = new CorruptTransfer(String.valueOf(e.getMessage()));
      told.initCause(e);
      throw told;
    }
  }

  private static Incomplete refused(String message, Throwable cause) {
    Incomplete told = new Incomplete(message);
    told.initCause(cause);
    return told;
  }

  private long dataBytes(SortedMap<String, ObjectId> selected) throws StoreException {
    History history = new History(local.store());
    Set<ObjectId> commits = new LinkedHashSet<>();
    for (ObjectId tip : selected.values()) {
      commits.add(history.peel(tip));
    }
    long bytes = 0;
    for (ObjectId commit : commits) {
      bytes += history.commit(commit).tree().totals().bytes();
    }
    return bytes;
  }
}
