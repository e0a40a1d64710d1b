package io.dotfs.objectstore.maintenance;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Compression;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.store.ObjectInfo;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Which objects of some packs roots reach: one bit an object, set once a walk from the roots has
 * come by. Nodes are read, past the store's caches, and chunks are not. An object that several
 * packs hold is marked in one of them: where it stands by itself, and if possible in a pack that is
 * whole.
 *
 * <p>Memory: a bit an object, and some 100 bytes for each object that is reached in a pack that
 * came later. One thread at a time; the caller closes it.
 */
final class ObjectMarks implements AutoCloseable {
  private static final int ASK_EVERY = 256;

  private final ObjectStore store;
  private final List<Pack> packs;
  private final Map<Pack, BitSet> marked = new HashMap<>();
  private final Set<ObjectId> elsewhere = new HashSet<>();
  private final Compression compression = new Compression(1);
  private final BooleanSupplier stop;

  /** Thrown out of a walk that was told to stop. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Nothing is marked yet.
   *
   * @param store reads what the packs hold, and what came later
   * @param stop asked now and then; true ends a walk with {@link StoppedException}
   */
  ObjectMarks(ObjectStore store, List<Pack> packs, BooleanSupplier stop) {
    this.store = store;
    this.stop = stop;
    List<Pack> wholeFirst = new ArrayList<>(packs);
    wholeFirst.sort((a, b) -> Boolean.compare(b.isComplete(), a.isComplete()));
    this.packs = List.copyOf(wholeFirst);
    packs.forEach(pack -> marked.put(pack, new BitSet(pack.count())));
  }

  /** Whether the object is marked in this pack. */
  boolean isMarked(Pack pack, int position) {
    BitSet bits = marked.get(pack);
    return bits != null && bits.get(position);
  }

  /** A pack in which the object is marked. */
  Optional<Pack> packOf(ObjectId id) throws CorruptObjectException {
    for (Pack pack : packs) {
      int position = pack.positionOf(id);
      if (position >= 0 && isMarked(pack, position)) {
        return Optional.of(pack);
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the packs hold the object and it is not marked: no root reaches it, or it was not
   * walked from there yet.
   */
  boolean isUnmarkedHere(ObjectId id) {
    try {
      boolean here = false;
      for (Pack pack : packs) {
        int position = pack.positionOf(id);
        if (position >= 0 && isMarked(pack, position)) {
          return false;
        }
        here |= position >= 0;
      }
      return here;
    } catch (CorruptObjectException e) {
      // An index that cannot be read: whoever wants the object is told when reading it.
      return false;
    }
  }

  /**
   * Marks {@code root} and everything that it reaches, down to what is marked already.
   *
   * @param required whether all of it has to be there; otherwise what is missing is passed over
   * @throws MissingObjectException if something required is not there
   * @throws CorruptObjectException if a node on the way is damaged
   */
  void mark(ObjectId root, boolean required) throws StoreException {
    Deque<ObjectId> nodes = new ArrayDeque<>();
    visit(root, required, nodes);
    for (int walked = 0; !nodes.isEmpty(); walked++) {
      if (walked % ASK_EVERY == 0 && stop.getAsBoolean()) {
        throw new StoppedException();
      }
      ObjectId id = nodes.pop();
      try {
        StoredObject stored = store.readStored(id);
        byte[] payload = compression.decode(stored, store.storedBases());
        References.of(
            stored.type(), ByteBuffer.wrap(payload), child -> visit(child, required, nodes));
      } catch (CorruptObjectException e) {
        throw e.of(id);
      }
    }
  }

  /**
   * Marks what any object in the packs, needed or not, is stored as a difference to: that may go
   * only after the difference has gone.
   */
  void markBases() throws StoreException {
    for (Pack pack : packs) {
      for (int i = 0; i < pack.count(); i++) {
        Optional<ObjectId> base = pack.baseOf(pack.idAt(i));
        if (base.isPresent()) {
          mark(base.get(), false);
        }
      }
    }
  }

  /** Marks one object; it is put on {@code nodes} if there is more behind it. */
  private void visit(ObjectId id, boolean required, Deque<ObjectId> nodes) throws StoreException {
    Optional<ObjectInfo> added = add(id, required);
    if (added.isPresent()) {
      for (ObjectId base : store.basesOf(id)) {
        visit(base, required, nodes);
      }
      if (added.get().type() != ObjectType.CHUNK) {
        nodes.push(id);
      }
    }
  }

  /** Sets the mark; nothing if it is set already. */
  private Optional<ObjectInfo> add(ObjectId id, boolean required) throws StoreException {
    Optional<Pack> best = bestOf(id);
    if (best.isPresent()) {
      int position = best.get().positionOf(id);
      BitSet bits = marked.get(best.get());
      if (bits == null || bits.get(position)) {
        return Optional.empty();
      }
      bits.set(position);
      return Optional.of(best.get().infoAt(position));
    }
    if (elsewhere.contains(id)) {
      return Optional.empty();
    }
    Optional<ObjectInfo> info = store.info(id);
    if (info.isPresent()) {
      elsewhere.add(id);
    } else if (required) {
      throw new MissingObjectException(id);
    }
    return info;
  }

  /**
   * The pack whose copy of the object is the one to keep: one that stands by itself, if there is
   * any. Otherwise two differences could be left that lean on each other.
   */
  private Optional<Pack> bestOf(ObjectId id) throws CorruptObjectException {
    Optional<Pack> best = Optional.empty();
    for (Pack pack : packs) {
      if (pack.hasWhole(id)) {
        return Optional.of(pack);
      }
      if (best.isEmpty() && pack.contains(id)) {
        best = Optional.of(pack);
      }
    }
    return best;
  }

  @Override
  public void close() {
    compression.close();
  }
}
