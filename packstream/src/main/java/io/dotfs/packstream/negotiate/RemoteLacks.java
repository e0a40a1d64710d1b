package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.SessionId;
import io.dotfs.packstream.wire.WireLimits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
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

  public RemoteLacks(Remote remote, DotName dot, SessionId session, ObjectReader store) {
    this.remote = remote;
    this.dot = dot;
    this.session = session;
    this.store = store;
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
    IdSet wanted = new IdSet(session.low());
    for (long i = 0; i < candidates.size(); i++) {
      wanted.add(candidates.get(i).id());
    }
    IdSet asked = new IdSet(session.low());
    IdSet lacking = new IdSet(session.low());
    long present = 0;
    List<ObjectId> level = new ArrayList<>();
    tips.stream().filter(wanted::contains).filter(asked::add).forEach(level::add);
    Children children = new Children(store);
    while (!level.isEmpty()) {
      List<ObjectId> next = new ArrayList<>();
      for (int from = 0; from < level.size(); from += WireLimits.MAX_HAVES) {
        List<ObjectId> batch =
            level.subList(from, Math.min(level.size(), from + WireLimits.MAX_HAVES));
        BitSet have = remote.have(dot, session, batch);
        present += have.cardinality();
        for (int i = have.nextClearBit(0); i < batch.size(); i = have.nextClearBit(i + 1)) {
          lacking.add(batch.get(i));
          children.of(
              batch.get(i),
              child -> {
                if (wanted.contains(child) && asked.add(child)) {
                  next.add(child);
                }
              });
        }
      }
      level = next;
    }
    ObjectList left = new ObjectList();
    for (long i = 0; i < candidates.size(); i++) {
      ListedObject object = candidates.get(i);
      if (lacking.contains(object.id())) {
        left.add(object);
      }
    }
    return new Answer(left, present);
  }
}
