package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackBatch;
import io.dotfs.objectstore.pack.PackFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One rewrite of some packs; see {@link Rewriting#rewrite}. One thread. */
final class PackRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(PackRewrite.class);

  /** Objects that were dropped and are relied upon by then are brought back so many times. */
  private static final int ATTEMPTS = 8;

  private final Path directory;
  private final PackSet packSet;
  private final Retention retention;
  private final Batches batches;
  private final Copies copies;
  private final BooleanSupplier stop;
  private final Rewriting.Wanted wanted;
  private final List<Path> published = new ArrayList<>();
  private final List<Dropped> dropped = new ArrayList<>();
  private final Set<String> sources = new HashSet<>();
  private final Set<Pack> whole = new HashSet<>();
  private long youngestMillis;
  private long publishedBytes;

  private record Dropped(Pack pack, ObjectId id) {}

  /** Begins batches. */
  @FunctionalInterface
  interface Batches {
    PackBatch begin() throws StoreException;
  }

  /** Reads an object in the form in which another pack may hold it. */
  @FunctionalInterface
  interface Copies {
    StoredObject of(Pack pack, ObjectId id) throws StoreException;
  }

  /**
   * Prepares a rewrite.
   *
   * @param batches makes batches that know of no other packs
   * @param stop asked now and then; true gives up and leaves everything as it was
   */
  PackRewrite(
      Path directory,
      PackSet packSet,
      Retention retention,
      Batches batches,
      Copies copies,
      Rewriting.Wanted wanted,
      BooleanSupplier stop) {
    this.directory = directory;
    this.packSet = packSet;
    this.retention = retention;
    this.batches = batches;
    this.copies = copies;
    this.wanted = wanted;
    this.stop = stop;
  }

  /**
   * Does it.
   *
   * @param oldestLast the packs, in view
   * @param sweep the collection on whose behalf objects are dropped, if any are
   */
  Rewriting.Rewritten run(List<Pack> oldestLast, Optional<Retention.Sweep> sweep)
      throws StoreException {
    // The space of what an earlier rewrite has removed may be what this one needs.
    packSet.letGo();
    oldestLast.forEach(pack -> sources.add(pack.name()));
    PackBatch batch = batches.begin();
    try {
      for (int i = oldestLast.size() - 1; i >= 0; i--) {
        Pack pack = oldestLast.get(i);
        youngestMillis = Math.max(youngestMillis, pack.modifiedMillis());
        if (copy(pack, batch)) {
          whole.add(pack);
        }
        if (stop.getAsBoolean()) {
          return new Rewriting.Rewritten(0, 0);
        }
      }
      publish(batch);
    } finally {
      batch.discard();
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (sweep.isEmpty() || dropped.isEmpty()) {
        return rewritten(packSet.retire(whole, published, go -> go.run()));
      }
      Set<Pack> gone = packSet.retire(whole, published, go -> goUnlessPinned(sweep.get(), go));
      if (!gone.isEmpty()) {
        return rewritten(gone);
      }
      bringBack();
    }
    LOG.info("objects that were going are needed again and again: {} packs stay", whole.size());
    return new Rewriting.Rewritten(0, 0);
  }

  private Rewriting.Rewritten rewritten(Set<Pack> gone) {
    long freed = gone.stream().mapToLong(Pack::sizeBytes).sum() - publishedBytes;
    return new Rewriting.Rewritten(gone.size(), freed);
  }

  private void goUnlessPinned(Retention.Sweep sweep, Runnable go) throws StoreException {
    sweep.whileNothingIsTaken(
        () -> {
          for (Dropped one : dropped) {
            if (sweep.isPinned(one.id())) {
              return;
            }
          }
          go.run();
        });
  }

  /** Copies a pack's objects; whether all that are wanted could be read. */
  private boolean copy(Pack pack, PackBatch batch) throws StoreException {
    boolean sound = true;
    for (ObjectId id : pack.idsInOrder()) {
      if (stop.getAsBoolean()) {
        return false;
      }
      if (wanted.wanted(pack, id)) {
        sound &= copy(pack, id, batch);
      } else {
        dropped.add(new Dropped(pack, id));
      }
    }
    return sound;
  }

  private boolean copy(Pack pack, ObjectId id, PackBatch batch) throws StoreException {
    try {
      batch.putStored(copies.of(pack, id));
      return true;
    } catch (CorruptObjectException e) {
      LOG.error("leaving pack {} where it is", pack.name(), e);
      return false;
    }
  }

  /** Makes what {@code batch} holds visible beside the old packs. */
  private void publish(PackBatch batch) throws StoreException {
    List<Path> files = batch.publish();
    try {
      for (Path file : files) {
        PackFiles.setModified(file, youngestMillis);
      }
    } catch (IOException e) {
      throw StorageException.of("cannot date a pack in " + directory, e);
    }
    retention.replacing(
        sources, files.stream().map(file -> String.valueOf(file.getFileName())).toList());
    for (Pack pack : packSet.adopt(files)) {
      publishedBytes += pack.sizeBytes();
    }
    published.addAll(files);
  }

  /** Copies what was dropped and has come to be relied upon meanwhile. */
  private void bringBack() throws StoreException {
    PackBatch batch = batches.begin();
    try {
      List<Dropped> still = new ArrayList<>();
      for (Dropped one : dropped) {
        if (!wanted.wanted(one.pack(), one.id())) {
          still.add(one);
        } else if (!copy(one.pack(), one.id(), batch)) {
          whole.remove(one.pack());
        }
      }
      dropped.clear();
      dropped.addAll(still);
      publish(batch);
    } finally {
      batch.discard();
    }
  }
}
