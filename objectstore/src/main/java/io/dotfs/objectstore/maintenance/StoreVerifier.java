package io.dotfs.objectstore.maintenance;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.Compression;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackVerification;
import io.dotfs.objectstore.store.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies a store as it is on disk, past all caches, while it is in use: every byte of every pack
 * and index, and that what roots reach is there. Reads only. Each call is for one thread; several
 * may run at once.
 */
public final class StoreVerifier {
  private final ObjectStore store;

  public StoreVerifier(ObjectStore store) {
    this.store = store;
  }

  /**
   * One damage.
   *
   * @param object the object that cannot be had, if it can be told
   * @param place pack and offset, if it lies in a file
   * @param reason what is wrong, in words
   */
  public record Damage(Optional<ObjectId> object, Optional<DamagePlace> place, String reason) {
    static Damage of(CorruptObjectException e) {
      return new Damage(e.id(), e.place(), e.reason());
    }
  }

  /**
   * What a verification found.
   *
   * @param packs how many packs were read
   * @param objects how many objects they hold, those in several packs counted in each
   * @param storedBytes what those take
   * @param damage everything that is wrong; empty for a sound store
   */
  public record Report(int packs, long objects, long storedBytes, List<Damage> damage) {
    public Report {
      damage = List.copyOf(damage);
    }

    public boolean isSound() {
      return damage.isEmpty();
    }
  }

  /** Hears of progress, and may end the verification by an exception. */
  @FunctionalInterface
  public interface Progress {
    /** So much was verified so far. */
    void verified(long objects, long storedBytes) throws StoreException;
  }

  /**
   * Reads every pack and index that is there now. Speed is that of reading, decompressing and
   * hashing; memory about 100 bytes for each object of the largest pack.
   *
   * @throws StorageException if a file cannot be read
   */
  public Report verifyPacks(Progress progress) throws StoreException {
    store.refresh();
    List<Damage> damage = new ArrayList<>();
    for (Map.Entry<Path, StoreException> unusable : store.unusablePacks().entrySet()) {
      String name = String.valueOf(unusable.getKey().getFileName());
      damage.add(
          unusable.getValue() instanceof CorruptObjectException corrupt
              ? Damage.of(corrupt)
              : new Damage(
                  Optional.empty(),
                  Optional.of(new DamagePlace(name, 0)),
                  String.valueOf(unusable.getValue().getMessage())));
    }
    Set<Pack> verified = new HashSet<>();
    Count count = new Count(progress, damage);
    try (Compression compression = new Compression(1)) {
      boolean merged;
      do {
        merged = false;
        for (Pack pack : store.packs()) {
          if (verified.add(pack)) {
            merged |= !verify(pack, compression, count);
          }
        }
      } while (merged);
    }
    return new Report(verified.size(), count.objects, count.storedBytes, damage);
  }

  /**
   * Verifies one pack; false if it was merged into another one meanwhile, which is yet to be read.
   */
  private boolean verify(Pack pack, Compression compression, Count count) throws StoreException {
    int known = count.damage.size();
    try {
      PackVerification.verify(
          store.directory().resolve(pack.name()), compression, store.storedBases(), count);
      if (count.damage.size() == known || store.packs().contains(pack)) {
        return true;
      }
    } catch (StorageException e) {
      if (store.packs().contains(pack)) {
        throw e;
      }
    }
    count.damage.subList(known, count.damage.size()).clear();
    return false;
  }

  private static final class Count implements PackVerification.Listener {
    private final Progress progress;
    private final List<Damage> damage;
    private long objects;
    private long storedBytes;

    Count(Progress progress, List<Damage> damage) {
      this.progress = progress;
      this.damage = damage;
    }

    @Override
    public void object(ObjectId id, int bytes) throws StoreException {
      objects++;
      storedBytes += bytes;
      progress.verified(objects, storedBytes);
    }

    @Override
    public void damage(CorruptObjectException found) {
      damage.add(Damage.of(found));
    }
  }

  /**
   * Finds what {@code roots} (commits or tags) reach and the store lacks. Reads nodes, not chunks.
   * Beneath a node that is missing or damaged nothing can be told.
   *
   * @return missing objects, and nodes on the way that are damaged
   */
  public List<Damage> verifyReachable(Collection<ObjectId> roots) throws StoreException {
    List<Damage> damage = new ArrayList<>();
    for (ObjectId root : roots) {
      try {
        new ObjectWalk(store)
            .missing(
                List.of(root),
                List.of(),
                (id, type) -> {
                  if (store.info(id).isEmpty()) {
                    damage.add(new Damage(Optional.of(id), Optional.empty(), "it is missing"));
                  }
                });
      } catch (MissingObjectException e) {
        damage.add(new Damage(Optional.of(e.id()), Optional.empty(), "it is missing"));
      } catch (CorruptObjectException e) {
        damage.add(Damage.of(e));
      }
    }
    return damage;
  }
}
