package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.ObjectWalk;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.DeltaBases;
import io.dotfs.objectstore.store.LayeredReader;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified objects of transfers that have not got through yet, of one user and one dot: a store of
 * its own in a directory that nobody else reads. It outlives a broken transfer and goes with the
 * one that succeeds.
 *
 * <p>All transfers of one process to one directory share one open store; several processes may use
 * the directory at once. The last one out removes it, if a transfer succeeded. Thread-safe.
 */
public final class Quarantine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final StoreOptions OPTIONS = StoreOptions.DEFAULT;

  // GUARDED_BY(OPEN): which directories this process has open.
  private static final Map<Path, Shared> OPEN = new HashMap<>();

  private final Path directory;
  private final Shared shared;
  // GUARDED_BY(OPEN)
  private boolean closed;

  private Quarantine(Path directory, Shared shared) {
    this.directory = directory;
    this.shared = shared;
  }

  private static final class Shared {
    final ObjectStore store;
    final FileChannel lockFile;
    // GUARDED_BY(OPEN)
    int users = 1;
    // GUARDED_BY(OPEN)
    boolean discard;

    Shared(ObjectStore store, FileChannel lockFile) {
      this.store = store;
      this.lockFile = lockFile;
    }
  }

  /**
   * Opens the quarantine in {@code directory}, which is made if it is not there. A lock file lies
   * beside it.
   *
   * @throws StorageException if the directory cannot be used
   */
  public static Quarantine open(Path directory) throws StoreException {
    return open(directory, DeltaBases.NONE);
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param outside objects of the store that all is for, which what comes may be differences to;
   *     the first who opens the directory decides
   */
  public static Quarantine open(Path directory, DeltaBases outside) throws StoreException {
    Path path = directory.toAbsolutePath().normalize();
    synchronized (OPEN) {
      Shared shared = OPEN.get(path);
      if (shared == null) {
        shared = openFirst(path, outside);
        OPEN.put(path, shared);
      } else {
        shared.users++;
      }
      return new Quarantine(path, shared);
    }
  }

  private static Shared openFirst(Path path, DeltaBases outside) throws StoreException {
    try {
      Files.createDirectories(path.resolveSibling("."));
      FileChannel lockFile = lockShared(path);
      try {
        return new Shared(ObjectStore.open(path, OPTIONS, outside), lockFile);
      } catch (StoreException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw StorageException.of("opening the quarantine " + path, e);
    }
  }

  private static Path lockPath(Path path) {
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  private static FileChannel lockShared(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            lockPath(path),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    FileLock held = channel.lock(0, Long.MAX_VALUE, true);
    if (!held.isShared()) {
      throw new IOException("the file system has no shared locks");
    }
    return channel;
  }

  /** Bytes on disk in {@code directory}; 0 if there is no quarantine. */
  public static long sizeBytes(Path directory) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /**
   * Hands over what lies outside and what objects that are kept are stored as differences to, of
   * all quarantines below {@code directory}: a store that they are for must not lose it. What is
   * damaged leans on nothing, since nobody can use it.
   *
   * @param outside as for {@link #open(Path, DeltaBases)}
   */
  public static void bases(Path directory, DeltaBases outside, References.Visitor visitor)
      throws StoreException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> below;
    try (Stream<Path> walk = Files.walk(directory)) {
      below = walk.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new StorageException("cannot look for quarantines in " + directory, false, e);
    }
    for (Path path : below) {
      if (hasPacks(path)) {
        try (Quarantine kept = open(path, outside)) {
          for (Pack pack : kept.shared.store.packs()) {
            bases(pack, visitor);
          }
        }
      }
    }
  }

  /** Whether there are any; not if the directory has just been removed. */
  private static boolean hasPacks(Path directory) throws StoreException {
    try {
      return !PackFiles.packs(directory, true).isEmpty()
          || !PackFiles.packs(directory, false).isEmpty();
    } catch (StorageException e) {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      return false;
    }
  }

  private static void bases(Pack pack, References.Visitor visitor) throws StoreException {
    for (int i = 0; i < pack.count(); i++) {
      Optional<ObjectId> base;
      try {
        base = pack.baseOf(pack.idAt(i));
      } catch (CorruptObjectException e) {
        LOG.warn("event=damaged-quarantine pack={}", pack.name(), e);
        continue;
      }
      if (base.isPresent()) {
        visitor.visit(base.get());
      }
    }
  }

  /** Begins a batch; once it is finished, its objects are kept. */
  public PackWriter begin() throws StoreException {
    return shared.store.begin();
  }

  /** Reads what is kept. */
  public ObjectReader objects() {
    return shared.store;
  }

  /**
   * Brings everything that {@code tips} reach, that {@code complete} do not reach and that lies
   * here into {@code target}, durable and visible there on return. Nothing else that lies here goes
   * along.
   *
   * @param complete commits that {@code target} has with all they name
   * @return how many objects were brought
   */
  public long install(ObjectStore target, Collection<ObjectId> tips, Collection<ObjectId> complete)
      throws StoreException {
    ObjectStore source = shared.store;
    ObjectWalk walk = new ObjectWalk(new LayeredReader(source, target));
    AtomicLong needed = new AtomicLong();
    walk.missing(
        tips,
        complete,
        (id, type) -> {
          if (source.contains(id)) {
            needed.incrementAndGet();
          }
        });
    if (needed.get() == source.packs().stream().mapToLong(Pack::count).sum()) {
      // Nothing else lies here: the packs go as they are.
      if (needed.get() == 0 || linked(target)) {
        return needed.get();
      }
    }
    try (PackWriter writer = target.begin()) {
      walk.missing(
          tips,
          complete,
          (id, type) -> {
            if (source.contains(id)) {
              writer.putStored(source.readStored(id));
            }
          });
      writer.finish();
    }
    return needed.get();
  }

  /** Links all packs into {@code target}; false where the file system has no hard links. */
  private boolean linked(ObjectStore target) throws StoreException {
    try {
      target.link(directory);
      return true;
    } catch (StorageException e) {
      if (e.getCause() instanceof FileSystemException) {
        LOG.info("event=no-hard-links directory={}", directory, e);
        return false;
      }
      throw e;
    } catch (UnsupportedOperationException e) {
      LOG.info("event=no-hard-links directory={}", directory, e);
      return false;
    }
  }

  /** Has everything removed once no transfer uses it any more: all of it got through. */
  public void discard() {
    synchronized (OPEN) {
      shared.discard = true;
    }
  }

  /** Leaves. What is kept stays unless {@link #discard} was called. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (closed) {
        return;
      }
      closed = true;
      if (--shared.users > 0) {
        return;
      }
      OPEN.remove(directory);
      StoreFailures.close(shared.store);
      try (FileChannel lockFile = shared.lockFile) {
        if (shared.discard) {
          removeUnlessUsed(lockFile);
        }
      } catch (IOException e) {
        // The next transfer that succeeds removes it; what is left is verified and private.
        shared.discard = false;
      }
    }
  }

  private void removeUnlessUsed(FileChannel lockFile) throws IOException {
    try (FileChannel exclusive = FileChannel.open(lockPath(directory), StandardOpenOption.WRITE)) {
      lockFile.close();
      FileLock alone = exclusive.tryLock();
      if (alone != null) {
        remove(directory);
      }
    }
  }

  /** Removes a directory and what is in it; a link is removed and not followed. */
  static void remove(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
