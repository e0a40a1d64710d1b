package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.History;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.LostCommit;
import io.dotfs.packstream.TransferException.NonFastForward;
import io.dotfs.packstream.transport.Remote;
import io.dotfs.packstream.wire.ListedCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out before a push what it would lose on the other side. */
final class Divergence {
  private static final int MAX_LISTED = 20;
  private final Remote remote;
  private final DotName dot;
  private final ObjectReader store;

  Divergence(Remote remote, DotName dot, ObjectReader store) {
    this.remote = remote;
    this.dot = dot;
    this.store = store;
  }

  /**
   * Checks that {@code target} has {@code old} in its history.
   *
   * @param old what the remote's ref holds; perhaps not here
   * @throws NonFastForward if not, with the commits that would be lost
   */
  void check(String ref, ObjectId old, ObjectId target) throws TransferException, StoreException {
    if (!ref.startsWith("heads/")) {
      throw new NonFastForward(ref, List.of(), false);
    }
    History history = new History(store);
    if (store.contains(old)) {
      if (!history.isAncestor(old, target)) {
        throw knownHere(ref, history, old, target);
      }
      return;
    }
    List<LostCommit> lost = new ArrayList<>();
    List<ListedCommit> listed = remote.commits(dot, List.of(old), List.of(), MAX_LISTED + 1);
    for (ListedCommit entry : listed) {
      boolean ours = store.contains(entry.id()) && history.isAncestor(entry.id(), target);
      if (!ours && lost.size() < MAX_LISTED) {
        lost.add(lost(entry.id(), entry.commit()));
      }
    }
    throw new NonFastForward(ref, lost, lost.size() == MAX_LISTED);
  }

  private static NonFastForward knownHere(
      String ref, History history, ObjectId old, ObjectId target) throws StoreException {
    History.Walk walk = history.newestFirst(Set.of(old), Set.of(target));
    List<LostCommit> lost = new ArrayList<>();
    Optional<History.Entry> next = walk.next();
    while (next.isPresent() && lost.size() < MAX_LISTED) {
      lost.add(lost(next.get().id(), next.get().commit()));
      next = walk.next();
    }
    return new NonFastForward(ref, lost, next.isPresent());
  }

  private static LostCommit lost(ObjectId id, Commit commit) {
    return new LostCommit(
        id, commit.author().name(), commit.message().lines().findFirst().orElse(""));
  }
}
