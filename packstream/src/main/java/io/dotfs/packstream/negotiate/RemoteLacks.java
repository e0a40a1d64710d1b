package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.SessionId;
import io.dotfs.packstream.wire.WireLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Asks a remote, Merkle node by Merkle node from the top, which objects it lacks: beneath a node
 * that it has nothing is asked. For pushes whose history has no common commit with the remote's,
 * and for those that were broken before.
 */
public final class RemoteLacks {
  private final Remote remote;
  private final DotName dot;
  private final SessionId session;
  private final ObjectReader store;
  private final Scratch scratch;

  public RemoteLacks(
      Remote remote, DotName dot, SessionId session, ObjectReader store, Scratch scratch) {
    this.remote = remote;
    this.dot = dot;
    this.session = session;
    this.store = store;
    this.scratch = scratch;
  }

  /**
   * What is left to send.
   *
   * @param objects in the order in which they are sent
   * @param present how many nodes the remote said it has
   */
  public record Answer(ObjectList objects, long present) {}

  /**
   * Narrows {@code candidates} down to what the remote lacks.
   *
   * @param tips where to begin: what refs shall point to
   * @param candidates everything that might have to be sent, each after all those that it names
   */
  public Answer of(Collection<ObjectId> tips, ObjectList candidates)
      throws TransferException, StoreException {
    IdSet wanted = new IdSet(session.low(), scratch);
    for (long i = 0; i < candidates.size(); i++) {
      wanted.add(candidates.get(i).id());
    }
    IdSet lacking = new IdSet(session.low(), scratch);
    long present = ask(tips, wanted, lacking);
    ObjectList left = new ObjectList(scratch);
    for (long i = 0; i < candidates.size(); i++) {
      ListedObject object = candidates.get(i);
      if (lacking.contains(object.id())) {
        left.add(object);
      }
    }
    return new Answer(left, present);
  }

  /**
   * Asks for {@code tips} and, beneath what the remote lacks, for what is {@code wanted}. Last in,
   * first out: what waits to be asked is what a few questions found, not a whole level.
   *
   * @return how many the remote has
   */
  private long ask(Collection<ObjectId> tips, IdSet wanted, IdSet lacking)
      throws TransferException, StoreException {
    IdSet asked = new IdSet(session.low(), scratch);
    Deque<ObjectId> waiting = new ArrayDeque<>();
    for (ObjectId tip : tips) {
      if (wanted.contains(tip) && asked.add(tip)) {
        waiting.push(tip);
      }
    }
    References references = new References(store);
    long present = 0;
    while (!waiting.isEmpty()) {
      List<ObjectId> batch = new ArrayList<>();
      while (batch.size() < WireLimits.MAX_HAVES && !waiting.isEmpty()) {
        batch.add(waiting.pop());
      }
      BitSet have = remote.have(dot, session, batch);
      present += have.cardinality();
      for (int i = have.nextClearBit(0); i < batch.size(); i = have.nextClearBit(i + 1)) {
        lacking.add(batch.get(i));
        references.of(
            batch.get(i),
            child -> {
              if (wanted.contains(child) && asked.add(child)) {
                waiting.push(child);
              }
            });
      }
    }
    return present;
  }
}
