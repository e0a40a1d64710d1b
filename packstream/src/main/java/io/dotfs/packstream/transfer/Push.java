package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.LocalFailure;
import io.dotfs.packstream.TransferException.PermissionDenied;
import io.dotfs.packstream.TransferException.RefConflict;
import io.dotfs.packstream.TransferException.UnknownDot;
import io.dotfs.packstream.negotiate.CommonCommits;
import io.dotfs.packstream.negotiate.KnownBases;
import io.dotfs.packstream.negotiate.ObjectList;
import io.dotfs.packstream.negotiate.ReachableCommits;
import io.dotfs.packstream.negotiate.RemoteLacks;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.RefUpdate;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Brings commits of a local dot to a remote. One thread; one object may run several requests. */
public final class Push {
  private static final RandomGenerator RANDOM = new SecureRandom();
  private final Remote remote;
  private final LocalDot local;
  private final RetryPolicy retries;

  public Push(Remote remote, LocalDot local) {
    this(remote, local, RetryPolicy.DEFAULT);
  }

  public Push(Remote remote, LocalDot local, RetryPolicy retries) {
    this.remote = remote;
    this.local = local;
    this.retries = retries;
  }

  /**
   * Pushes. Retries a broken connection by itself, a few times; what arrived is not sent again,
   * then or when the same push is run again later.
   *
   * @return once objects and refs are durable on the remote
   * @throws TransferException if nothing was moved (but see {@link Remote#push})
   */
  public PushResult run(PushRequest request, Progress progress) throws TransferException {
    SessionId session = SessionId.random(RANDOM);
    Attempts attempts = new Attempts(retries, progress);
    SortedMap<String, Optional<ObjectId>> moved = new TreeMap<>();
    return attempts.run(
        () -> {
          SortedMap<String, ObjectId> tags = new TreeMap<>();
          try (Hold hold = local.store().retention().hold(() -> held(request, tags))) {
            return attempt(request, tags, session, attempts, moved);
          } catch (StoreException e) {
            throw new LocalFailure("the local store failed: " + e.getMessage(), e);
          }
        });
  }

  /** Reads the tags that may go along; returns all that has to stay here meanwhile. */
  private Collection<ObjectId> held(PushRequest request, SortedMap<String, ObjectId> tags)
      throws StoreException {
    String prefix = local.refPrefix() + "/";
    if (request.tags()) {
      for (Map.Entry<RefName, ObjectId> tag : local.refs().list(prefix + "tags/").entrySet()) {
        tags.put(tag.getKey().value().substring(prefix.length()), tag.getValue());
      }
    }
    Set<ObjectId> ids = new LinkedHashSet<>(targets(request.refs()).values());
    ids.addAll(tags.values());
    return ids;
  }

  private PushResult attempt(
      PushRequest request,
      SortedMap<String, ObjectId> tags,
      SessionId session,
      Attempts attempts,
      SortedMap<String, Optional<ObjectId>> moved)
      throws TransferException, StoreException {
    DotName dot = request.dot();
    RemoteRefs there = refs(dot);
    attempts.reached();
    if (!there.writable()) {
      throw new PermissionDenied("Permission denied: you may read " + dot + " but not push to it.");
    }
    List<PushRequest.Ref> refs = new ArrayList<>(request.refs());
    refs.addAll(alongWith(request, tags, there));
    List<RefUpdate> updates = updates(dot, refs, there);
    long present = (long) refs.size() - updates.size();
    if (!updates.isEmpty()) {
      updates.forEach(update -> moved.put(update.ref(), update.expectedOld()));
      present += send(dot, session, updates, there, attempts);
    }
    Tracking.follow(local, request.remoteName(), targets(refs));
    return new PushResult(targets(refs), moved, attempts.summary(present, dataBytes(request)));
  }

  /** Those of {@code tags} whose names nothing else has there, and that lie in what is pushed. */
  private List<PushRequest.Ref> alongWith(
      PushRequest request, SortedMap<String, ObjectId> tags, RemoteRefs there)
      throws StoreException {
    History history = new History(local.store());
    SortedMap<String, ObjectId> commits = new TreeMap<>();
    for (Map.Entry<String, ObjectId> tag : tags.entrySet()) {
      ObjectId taken = there.refs().get(tag.getKey());
      // Its own: an attempt whose answer was lost may have put it there.
      if (taken == null || taken.equals(tag.getValue())) {
        commits.put(tag.getKey(), history.peel(tag.getValue()));
      }
    }
    Set<ObjectId> pushed =
        new ReachableCommits(local.store())
            .among(commits.values(), targets(request.refs()).values());
    List<PushRequest.Ref> refs = new ArrayList<>();
    for (Map.Entry<String, ObjectId> commit : commits.entrySet()) {
      if (pushed.contains(commit.getValue())) {
        refs.add(
            new PushRequest.Ref(
                commit.getKey(),
                Objects.requireNonNull(tags.get(commit.getKey())),
                new Lease.FastForward()));
      }
    }
    return refs;
  }

  private RemoteRefs refs(DotName dot) throws TransferException {
    try {
      return remote.refs(dot);
    } catch (UnknownDot e) {
      // Then it is made, if this user may make it; the push itself finds that out.
      return new RemoteRefs(new TreeMap<>(), true, 0);
    }
  }

  /** What has to move; refuses what would lose commits that the user did not mean to lose. */
  private List<RefUpdate> updates(DotName dot, List<PushRequest.Ref> refs, RemoteRefs there)
      throws TransferException, StoreException {
    Divergence divergence = new Divergence(remote, dot, local.store());
    List<RefUpdate> updates = new ArrayList<>();
    for (PushRequest.Ref ref : refs) {
      Optional<ObjectId> old = Optional.ofNullable(there.refs().get(ref.ref()));
      if (old.equals(Optional.of(ref.target()))) {
        continue;
      }
      boolean force = false;
      if (ref.lease() instanceof Lease.Replace replace) {
        if (!replace.expected().equals(old)) {
          throw new RefConflict(ref.ref());
        }
        force = true;
      } else if (old.isPresent()) {
        divergence.check(ref.ref(), old.get(), ref.target());
      }
      updates.add(new RefUpdate(ref.ref(), old, ref.target(), force));
    }
    return updates;
  }

  private long send(
      DotName dot, SessionId session, List<RefUpdate> updates, RemoteRefs there, Attempts attempts)
      throws TransferException, StoreException {
    Collection<ObjectId> tips = new LinkedHashSet<>(there.refs().values());
    Set<ObjectId> targets = new LinkedHashSet<>();
    updates.forEach(update -> targets.add(update.target()));
    Set<ObjectId> ours = new LinkedHashSet<>(targets);
    ours.addAll(local.refs().list(local.refPrefix() + "/").values());
    ReachableCommits commits = new ReachableCommits(local.store());
    List<ObjectId> common =
        new CommonCommits(remote, dot).find(tips, ids -> commits.among(ids, ours));
    ObjectList objects = new ObjectList(local.store()::scratch);
    KnownBases known = new KnownBases();
    new ObjectWalk(local.store())
        .missing(
            targets,
            common,
            new ObjectWalk.Visitor() {
              @Override
              public void visit(ObjectId id, ObjectType type) throws StoreException {
                objects.add(listed(id, type));
              }

              @Override
              public void visit(ObjectId id, ObjectType type, Optional<ObjectId> before)
                  throws StoreException {
                known.note(before);
                visit(id, type);
              }
            });
    known.forget(objects);
    ObjectList left = objects;
    long present = common.size();
    boolean unrelated = common.isEmpty() && !tips.isEmpty();
    // A stream that broke may still be ending there, so that its objects are not counted yet.
    boolean resumed = there.quarantined() > 0 || attempts.isRetry();
    if (objects.size() > 0 && (unrelated || resumed)) {
      RemoteLacks.Answer answer = lacks(dot, session, targets, objects);
      left = answer.objects();
      present += answer.present();
    }
    attempts.started(left.size(), left.storedBytes());
    PushHeader header = new PushHeader(session, updates, left.size(), left.storedBytes());
    try (ObjectSource source = new Sending(left, known, attempts)) {
      remote.push(dot, header, source);
    }
    return present;
  }

  private RemoteLacks.Answer lacks(
      DotName dot, SessionId session, Collection<ObjectId> targets, ObjectList objects)
      throws TransferException, StoreException {
    try {
      return new RemoteLacks(remote, dot, session, local.store(), local.store()::scratch)
          .of(targets, objects);
    } catch (UnknownDot e) {
      // The first push of a dot broke before the dot was made.
      return new RemoteLacks.Answer(objects, 0);
    }
  }

  private ListedObject listed(ObjectId id, ObjectType type) throws StoreException {
    return new ListedObject(id, type, local.store().info(id).orElseThrow().storedBytes());
  }

  private static SortedMap<String, ObjectId> targets(List<PushRequest.Ref> refs) {
    SortedMap<String, ObjectId> targets = new TreeMap<>();
    refs.forEach(ref -> targets.put(ref.ref(), ref.target()));
    return targets;
  }

  private long dataBytes(PushRequest request) throws StoreException {
    History history = new History(local.store());
    Set<ObjectId> commits = new LinkedHashSet<>();
    for (PushRequest.Ref ref : request.refs()) {
      commits.add(history.peel(ref.target()));
    }
    long bytes = 0;
    for (ObjectId commit : commits) {
      bytes += history.commit(commit).tree().totals().bytes();
    }
    return bytes;
  }

  /**
   * Reads objects as they are stored, one by one, while they are sent. A connection's own thread
   * may still ask for one when the attempt is given up: then there is none.
   */
  private final class Sending implements ObjectSource {
    private final ObjectList objects;
    private final KnownBases known;
    private final Attempts attempts;
    // GUARDED_BY(this), all of them.
    private long position;
    private long movedBytes;
    private long movedFileBytes;
    private boolean closed;

    Sending(ObjectList objects, KnownBases known, Attempts attempts) {
      this.objects = objects;
      this.known = known;
      this.attempts = attempts;
    }

    @Override
    public synchronized Optional<StoredObject> next() throws TransferException {
      if (closed) {
        return Optional.empty();
      }
      if (position > 0) {
        attempts.moved(movedBytes, movedFileBytes);
      }
      if (position == objects.size()) {
        closed = true;
        return Optional.empty();
      }
      ListedObject listed = objects.get(position++);
      try {
        StoredObject object = local.store().readStored(listed.id(), known::contains);
        movedBytes = listed.storedBytes();
        movedFileBytes = object.type() == ObjectType.CHUNK ? object.lengthBytes() : 0;
        return Optional.of(object);
      } catch (StoreException e) {
        throw new LocalFailure("the local store failed: " + e.getMessage(), e);
      }
    }

    @Override
    public synchronized void close() {
      closed = true;
    }
  }
}
