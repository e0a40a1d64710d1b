package io.dotfs.objectstore.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackScanner;
import io.dotfs.objectstore.pack.WriterLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The finished packs of a directory that are in view. Any number of threads may use it; listing and
 * opening happen under one lock, looking at the packs under none.
 *
 * <p>INVARIANT: the names of packs in view are durable, since what is found there is not stored
 * again.
 */
final class PackSet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PackSet.class);

  /** A listing this much younger than the directory's time may have missed a change. */
  private static final long RACY_NANOS = 100_000_000;

  /** The same where the file system keeps whole seconds only. */
  private static final long RACY_NANOS_COARSE = 2_000_000_000;

  /** A pack that has had no index for this long is not about to get one from its writer. */
  private static final long ABANDONED_MILLIS = 60_000;

  private final Path directory;
  private final Object lock = new Object();

  /** Newest first. Replaced, never changed. */
  private volatile List<Pack> packs = List.of();

  private volatile boolean closed;

  /** Removed, but open for those who were reading them. */
  @GuardedBy("lock")
  private final List<Pack> retired = new ArrayList<>();

  @GuardedBy("lock")
  private Map<Path, Failed> unusable = Map.of();

  @GuardedBy("lock")
  private Optional<WriterLease> lease = Optional.empty();

  /** The directory's time at the last listing; absent if it must be listed again in any case. */
  @GuardedBy("lock")
  private Optional<Instant> listed = Optional.empty();

  /** What a pack and its index looked like: sizes and times. */
  private record Look(long packBytes, long packMillis, long indexBytes, long indexMillis) {
    static Look at(Path pack) throws IOException {
      Path index = PackFiles.indexOf(pack);
      return new Look(size(pack), millis(pack), size(index), millis(index));
    }

    private static long size(Path file) throws IOException {
      try {
        return Files.size(file);
      } catch (NoSuchFileException e) {
        return -1;
      }
    }

    private static long millis(Path file) throws IOException {
      try {
        return Files.getLastModifiedTime(file).toMillis();
      } catch (NoSuchFileException e) {
        return -1;
      }
    }
  }

  /** A pack that cannot be used, and how it looked when that was found. */
  private record Failed(StoreException reason, Look look) {}

  PackSet(Path directory) {
    this.directory = directory;
  }

  /** Newest first. */
  List<Pack> packs() {
    return packs;
  }

  boolean isClosed() {
    return closed;
  }

  /** The lease of this process's writers. */
  WriterLease lease() throws StorageException {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      if (lease.isEmpty()) {
        lease = Optional.of(WriterLease.acquire(directory));
      }
      return lease.get();
    }
  }

  /** Packs that cannot be used, with the reason. */
  Map<Path, StoreException> unusable() {
    synchronized (lock) {
      Map<Path, StoreException> reasons = new HashMap<>();
      unusable.forEach((file, failed) -> reasons.put(file, failed.reason()));
      return reasons;
    }
  }

  /**
   * Lists the directory, opens what is new, drops what is gone.
   *
   * @param abandoned whether packs without an index are known to have no writer any more
   */
  void refresh(boolean abandoned) throws StorageException {
    synchronized (lock) {
      Instant now = Instant.now();
      Instant changed = directoryTime();
      boolean coarse = changed.equals(changed.truncatedTo(ChronoUnit.SECONDS));
      long racyNanos = coarse ? RACY_NANOS_COARSE : RACY_NANOS;
      listed = changed.plusNanos(racyNanos).isBefore(now) ? Optional.of(changed) : Optional.empty();
      Map<Path, Failed> failed = new HashMap<>();
      indexOrphans(failed, abandoned ? Long.MAX_VALUE : now.toEpochMilli() - ABANDONED_MILLIS);
      Map<Path, Pack> known = new HashMap<>();
      packs.forEach(pack -> known.put(directory.resolve(pack.name()), pack));
      List<Pack> current = new ArrayList<>();
      boolean anyNew = false;
      for (Path file : PackFiles.packs(directory, true)) {
        Pack pack = known.get(file);
        if (pack != null) {
          current.add(pack);
        } else {
          Optional<Pack> opened = open(file, failed);
          opened.ifPresent(current::add);
          anyNew |= opened.isPresent();
        }
      }
      if (anyNew) {
        // Whoever renamed them may not have come to this yet.
        sync();
      }
      failed.forEach(
          (file, reason) -> {
            if (!unusable.containsKey(file)) {
              LOG.error("pack {} is unusable", file, reason.reason());
            }
          });
      unusable = Map.copyOf(failed);
      packs = List.copyOf(current);
    }
  }

  /** Writes indexes for whole packs that were left without one before {@code untilMillis}. */
  @GuardedBy("lock")
  private void indexOrphans(Map<Path, Failed> failed, long untilMillis) throws StorageException {
    for (Path file : PackFiles.packs(directory, false)) {
      attempt(
          file,
          failed,
          () -> {
            if (Files.getLastModifiedTime(file).toMillis() <= untilMillis) {
              PackScanner.writeIndex(directory, file, lease());
            }
          });
    }
  }

  @GuardedBy("lock")
  private Optional<Pack> open(Path file, Map<Path, Failed> failed) throws StorageException {
    List<Pack> opened = new ArrayList<>();
    attempt(
        file,
        failed,
        () -> {
          try {
            opened.add(Pack.open(file));
          } catch (CorruptObjectException e) {
            LOG.warn("writing the index of {} again, since it is damaged", file, e);
            PackScanner.writeIndex(directory, file, lease());
            opened.add(Pack.open(file));
          }
        });
    if (!opened.isEmpty() && !opened.get(0).isComplete()) {
      LOG.error("pack {} has not the length that its index says", file);
    }
    return opened.stream().findFirst();
  }

  /** Something done to one pack. */
  private interface Attempt {
    void run() throws StoreException, IOException;
  }

  /** Tries a pack, unless it looks as it did when it failed; failure stays its own. */
  @GuardedBy("lock")
  private void attempt(Path file, Map<Path, Failed> failed, Attempt attempt)
      throws StorageException {
    try {
      Look look = Look.at(file);
      Failed before = unusable.get(file);
      if (before != null
          && before.look().equals(look)
          && !(before.reason() instanceof StorageException)) {
        failed.put(file, before);
        return;
      }
      try {
        attempt.run();
      } catch (StoreException e) {
        failed.put(file, new Failed(e, look));
      }
    } catch (NoSuchFileException e) {
      // Another process has removed the pack since it was listed.
      LOG.debug("pack {} is gone", file, e);
    } catch (IOException e) {
      throw StorageException.of("cannot read " + file, e);
    }
  }

  private Instant directoryTime() throws StorageException {
    try {
      return Files.getLastModifiedTime(directory).toInstant();
    } catch (IOException e) {
      throw StorageException.of("cannot read " + directory, e);
    }
  }

  private void sync() throws StorageException {
    try {
      PackFiles.syncDirectory(directory);
    } catch (IOException e) {
      throw StorageException.of("cannot sync " + directory, e);
    }
  }

  /** Lists the packs again if they may have changed since; says whether they may have. */
  boolean refreshIfChanged() throws StorageException {
    synchronized (lock) {
      if (closed || listed.equals(Optional.of(directoryTime()))) {
        return false;
      }
      refresh(false);
      return true;
    }
  }

  /** Takes finished packs, whose names are durable, into view; the last one is the newest. */
  List<Pack> adopt(List<Path> files) throws StoreException {
    synchronized (lock) {
      List<Pack> added = new ArrayList<>();
      List<Pack> current = new ArrayList<>(packs);
      for (Path file : files) {
        Pack pack = Pack.open(file);
        // One of this name may be in view with damage that the new file has not. It stays open for
        // those who are reading it.
        current.removeIf(old -> old.name().equals(pack.name()));
        current.add(0, pack);
        added.add(pack);
      }
      packs = List.copyOf(current);
      return added;
    }
  }

  /** Lets packs go out of view, or does not. */
  interface Guard {
    void when(Runnable go) throws StoreException;
  }

  /**
   * Removes {@code old}, unless {@code guard} does not let them go. They can be read by whoever has
   * them until {@link #letGo}.
   *
   * @param replacements packs in view, which stay although one may be like an old one to the byte
   * @return what has gone
   */
  Set<Pack> retire(Set<Pack> old, List<Path> replacements, Guard guard) throws StoreException {
    synchronized (lock) {
      // One that is like a new one to the byte has its name.
      Set<String> kept =
          replacements.stream()
              .map(file -> String.valueOf(file.getFileName()))
              .collect(Collectors.toSet());
      List<Pack> gone =
          packs.stream().filter(old::contains).filter(p -> !kept.contains(p.name())).toList();
      for (Pack pack : gone) {
        pack.keepOpen();
      }
      boolean[] went = new boolean[1];
      guard.when(
          () -> {
            packs = packs.stream().filter(pack -> !gone.contains(pack)).toList();
            went[0] = true;
          });
      if (!went[0]) {
        return Set.of();
      }
      letGo();
      retired.addAll(gone);
      listed = Optional.empty();
      for (Pack pack : gone) {
        remove(directory.resolve(pack.name()));
      }
      return Set.copyOf(gone);
    }
  }

  private static void remove(Path file) throws StorageException {
    try {
      // In this order: a pack without an index is whole, an index without a pack is damage.
      Files.deleteIfExists(PackFiles.indexOf(file));
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw StorageException.of("cannot remove " + file, e);
    }
  }

  /**
   * Gives back the disk space of packs that were removed. Who still reads from one finds its
   * objects in the packs that have come in its place.
   */
  void letGo() throws StorageException {
    synchronized (lock) {
      for (Pack pack : retired) {
        try {
          pack.letGo();
        } catch (IOException e) {
          throw StorageException.of("cannot close " + pack.name(), e);
        }
      }
      retired.clear();
    }
  }

  /** Links the finished packs of another directory into this one and takes them into view. */
  List<Pack> link(Path other) throws StoreException {
    List<Path> linked = new ArrayList<>();
    for (Path file : PackFiles.packs(other, true)) {
      Path name = directory.resolve(String.valueOf(file.getFileName()));
      try {
        PackFiles.link(directory, lease(), file, name);
        PackFiles.link(directory, lease(), PackFiles.indexOf(file), PackFiles.indexOf(name));
        // It counts as young from now on, however long ago it arrived over there.
        PackFiles.setModified(name, System.currentTimeMillis());
      } catch (IOException e) {
        throw StorageException.of("cannot link " + file + " into " + directory, e);
      }
      linked.add(name);
    }
    sync();
    return adopt(linked);
  }

  @Override
  public void close() throws StorageException {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      Optional<IOException> failure = Optional.empty();
      List<Pack> all = new ArrayList<>(packs);
      all.addAll(retired);
      for (Pack pack : all) {
        try {
          pack.close();
        } catch (IOException e) {
          failure = Optional.of(e);
        }
      }
      packs = List.of();
      if (lease.isPresent()) {
        lease.get().close();
      }
      if (failure.isPresent()) {
        throw StorageException.of("cannot close the packs in " + directory, failure.get());
      }
    }
  }
}
