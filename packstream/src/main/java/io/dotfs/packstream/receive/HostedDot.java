package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.Incomplete;
import io.dotfs.packstream.TransferException.RemoteFailure;
import io.dotfs.packstream.negotiate.KnownBases;
import io.dotfs.packstream.negotiate.ObjectList;
import io.dotfs.packstream.negotiate.ReachableCommits;
import io.dotfs.packstream.negotiate.ReachableObjects;
import io.dotfs.packstream.wire.FetchQuery;
import io.dotfs.packstream.wire.FetchSelection;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.ListingChecksum;
import io.dotfs.packstream.wire.ObjectListing;
import io.dotfs.packstream.wire.ObjectSource;
import io.dotfs.packstream.wire.PushHeader;
import io.dotfs.packstream.wire.PushReceipt;
import io.dotfs.packstream.wire.RemoteRefs;
import io.dotfs.packstream.wire.SessionId;
import io.dotfs.packstream.wire.WireLimits;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One dot of a hub or a {@code file://} remote, answering peers. What a peer may learn or build
 * upon is what the dot's refs reach and what that same user sent before; that the store happens to
 * hold an object counts for nothing. Any number of threads.
 *
 * <p>Refs are named {@code heads/BRANCH} and {@code tags/TAG} in the given store of refs.
 */
public final class HostedDot {
  private static final int COMMITS_MESSAGE_BYTES = 3 << 20;
  private final DotName name;
  private final ObjectStore store;
  private final RefStore refs;
  private final Path quarantines;
  private final ReachableObjects reachable;
  private final ReachableBases bases;
  private final PushReceiver receiver;

  /**
   * A dot over open stores, which stay the caller's to close.
   *
   * @param quarantines a directory with one quarantine a user, on the file system of {@code store}
   * @param seed any number that peers do not know
   */
  public HostedDot(
      DotName name,
      ObjectStore store,
      RefStore refs,
      Path quarantines,
      ReceiveLimits limits,
      long seed) {
    this.name = name;
    this.store = store;
    this.refs = refs;
    this.quarantines = quarantines;
    reachable = new ReachableObjects(store, store::scratch, seed);
    bases = new ReachableBases(store, refs, reachable);
    receiver = new PushReceiver(store, refs, limits, bases);
  }

  public DotName name() {
    return name;
  }

  /** Branches and tags, and how much of {@code user}'s broken pushes is kept. */
  public RemoteRefs refs(String user, boolean writable) throws TransferException {
    SortedMap<String, ObjectId> answer = new TreeMap<>();
    tipsByName().forEach((ref, id) -> answer.put(ref.value(), id));
    return new RemoteRefs(answer, writable, Quarantine.sizeBytes(quarantine(user)));
  }

  /** Payloads of commits, newest first; see {@code transport.Remote#commits}. */
  public List<byte[]> commits(Collection<ObjectId> from, Collection<ObjectId> known, int limit)
      throws TransferException {
    try {
      History history = new History(store);
      ReachableCommits commits = new ReachableCommits(store);
      List<ObjectId> tips = tips();
      List<ObjectId> starts = new ArrayList<>();
      for (ObjectId start : commits.among(from, tips)) {
        starts.add(history.peel(start));
      }
      History.Walk walk = history.newestFirst(starts, commits.among(known, tips));
      List<byte[]> payloads = new ArrayList<>();
      long bytes = 0;
      while (payloads.size() < limit
          && bytes < COMMITS_MESSAGE_BYTES - WireLimits.MAX_COMMIT_BYTES) {
        Optional<History.Entry> entry = walk.next();
        if (entry.isEmpty()) {
          break;
        }
        ByteBuffer payload = store.read(entry.get().id(), ObjectType.COMMIT);
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        payloads.add(copy);
        bytes += copy.length;
      }
      return payloads;
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  /** Which of {@code ids} need not be sent by {@code user}; see {@code transport.Remote#have}. */
  public BitSet have(String user, SessionId session, List<ObjectId> ids) throws TransferException {
    receiver.supersede(user, session);
    BitSet answer = new BitSet(ids.size());
    try {
      List<ObjectId> tips = tips();
      for (int i = 0; i < ids.size(); i++) {
        // Reachable first: what other dots' objects take to be denied tells nothing of them.
        answer.set(i, reachable.contains(ids.get(i), tips) && store.contains(ids.get(i)));
      }
      Path directory = quarantine(user);
      if (Files.isDirectory(directory)) {
        try (Quarantine kept = Quarantine.open(directory, bases)) {
          for (int i = answer.nextClearBit(0); i < ids.size(); i = answer.nextClearBit(i + 1)) {
            answer.set(i, kept.objects().contains(ids.get(i)));
          }
        }
      }
      return answer;
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  /**
   * Takes a push; see {@code transport.Remote#push}. {@code objects} stays the caller's to close.
   */
  public PushReceipt push(String user, PushHeader header, ObjectSource objects)
      throws TransferException {
    try {
      return receiver.receive(user, quarantine(user), header, objects);
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  /** Lists what {@code query} asks for; see {@code transport.Remote#list}. */
  public ObjectListing list(FetchQuery query) throws TransferException {
    ObjectList objects = objectsFor(query, new KnownBases());
    ListingChecksum checksum = new ListingChecksum();
    return new ObjectListing() {
      private long position;

      @Override
      public Optional<ListedObject> next() {
        if (position == objects.size()) {
          return Optional.empty();
        }
        ListedObject object = objects.get(position++);
        checksum.add(object);
        return Optional.of(object);
      }

      @Override
      public int checksum() {
        return checksum.value();
      }

      @Override
      public void close() {
        position = objects.size();
      }
    };
  }

  /** Gives what was chosen; see {@code transport.Remote#fetch}. */
  public ObjectSource fetch(FetchQuery query, FetchSelection selection) throws TransferException {
    Hold hold = hold();
    boolean handedOver = false;
    try {
      ObjectSource source = fetch(query, selection, hold);
      handedOver = true;
      return source;
    } finally {
      if (!handedOver) {
        hold.close();
      }
    }
  }

  /** What refs reach now stays until the hold is closed. */
  private Hold hold() throws TransferException {
    try {
      return store
          .retention()
          .hold(
              () -> {
                List<ObjectId> tips = new ArrayList<>(refs.list("heads/").values());
                tips.addAll(refs.list("tags/").values());
                return tips;
              });
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private ObjectSource fetch(FetchQuery query, FetchSelection selection, Hold hold)
      throws TransferException {
    KnownBases known = new KnownBases();
    ObjectList objects = objectsFor(query, known);
    known.forget(objects);
    ListingChecksum checksum = new ListingChecksum();
    for (long i = 0; i < objects.size(); i++) {
      checksum.add(objects.get(i));
    }
    if (objects.size() != selection.listed() || checksum.value() != selection.checksum()) {
      throw new RemoteFailure("the remote's dot changed while it was being fetched");
    }
    BitSet chosen = selection.chosen();
    return new ObjectSource() {
      private int position = chosen.nextSetBit(0);

      @Override
      public Optional<StoredObject> next() throws TransferException {
        if (position < 0) {
          return Optional.empty();
        }
        try {
          StoredObject object = store.readStored(objects.get(position).id(), known::contains);
          position = chosen.nextSetBit(position + 1);
          return Optional.of(object);
        } catch (StoreException e) {
          throw StoreFailures.of(e);
        }
      }

      @Override
      public void close() {
        position = -1;
        hold.close();
      }
    };
  }

  private ObjectList objectsFor(FetchQuery query, KnownBases known) throws TransferException {
    try {
      ReachableCommits commits = new ReachableCommits(store);
      List<ObjectId> tips = tips();
      Set<ObjectId> wants = commits.among(query.wants(), tips);
      if (wants.size() != new HashSet<>(query.wants()).size()) {
        throw new Incomplete("the remote's refs do not reach what is asked for");
      }
      ObjectList list = new ObjectList(store::scratch);
      new ObjectWalk(store)
          .missing(
              wants,
              commits.among(query.haves(), tips),
              new ObjectWalk.Visitor() {
                @Override
                public void visit(ObjectId id, ObjectType type) throws StoreException {
                  list.add(new ListedObject(id, type, store.info(id).orElseThrow().storedBytes()));
                }

                @Override
                public void visit(ObjectId id, ObjectType type, Optional<ObjectId> before)
                    throws StoreException {
                  known.note(before);
                  visit(id, type);
                }
              });
      return list;
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private SortedMap<RefName, ObjectId> tipsByName() throws TransferException {
    try {
      SortedMap<RefName, ObjectId> tips = new TreeMap<>(refs.list("heads/"));
      tips.putAll(refs.list("tags/"));
      return tips;
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private List<ObjectId> tips() throws TransferException {
    return List.copyOf(new HashSet<>(tipsByName().values()));
  }

  private Path quarantine(String user) {
    if (!DotName.isPart(user)) {
      throw new IllegalArgumentException("not a user's name");
    }
    return quarantines.resolve(user);
  }
}
