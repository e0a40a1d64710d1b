package io.dotfs.objectstore.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Compression;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackScanner;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.WriterLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of packs: the immutable content of one home, hub or {@code file://} remote.
 *
 * <p>Any number of threads may use it. Several processes may have one directory open: each sees
 * what the others finished at its next miss or {@link #refresh}.
 *
 * <p>Damage is contained: a pack whose index is damaged is indexed again, one that cannot be is
 * left alone and named by {@link #unusablePacks}, and the rest stays usable.
 */
public final class ObjectStore implements ObjectReader, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);
  private static final int FORMAT_VERSION = 1;
  private static final String FORMAT_FILE = "format";

  /** A listing this much younger than the directory's time may have missed a change. */
  private static final long RACY_MILLIS = 2_000;

  private final Path directory;
  private final StoreOptions options;
  private final Compression compression;
  private final PayloadCache cache;
  private final AtomicLong temporaryNumbers = new AtomicLong();
  private final Object lock = new Object();

  /** Newest first. Replaced, never changed. */
  private volatile List<Pack> packs = List.of();

  @GuardedBy("lock")
  private Map<Path, StoreException> unusable = Map.of();

  @GuardedBy("lock")
  private Optional<WriterLease> lease = Optional.empty();

  /** The directory's time at the last listing; 0 if it must be listed again in any case. */
  @GuardedBy("lock")
  private long listedMillis;

  @GuardedBy("lock")
  private boolean closed;

  private ObjectStore(Path directory, StoreOptions options) {
    this.directory = directory;
    this.options = options;
    this.compression = new Compression(options.zstdLevel());
    this.cache = new PayloadCache(options);
  }

  /**
   * Opens the store in {@code directory}, creating the directory if it is not there. Removes what
   * writers that died left behind, and writes an index for a whole pack that has none.
   *
   * @throws UnsupportedFormatException if a newer program wrote it
   * @throws StorageException if the directory cannot be used
   */
  public static ObjectStore open(Path directory) throws StoreException {
    return open(directory, StoreOptions.DEFAULT);
  }

  /** As {@link #open(Path)}, with options of the caller's. */
  public static ObjectStore open(Path directory, StoreOptions options) throws StoreException {
    try {
      Files.createDirectories(directory);
      ObjectStore store = new ObjectStore(directory.toRealPath(), options);
      store.checkFormat();
      WriterLease.removeAbandoned(store.directory);
      store.refresh();
      return store;
    } catch (IOException e) {
      throw StorageException.of("cannot open the store in " + directory, e);
    }
  }

  private void checkFormat() throws IOException, StoreException {
    Path file = directory.resolve(FORMAT_FILE);
    if (!Files.exists(file)) {
      Path temporary = Files.createTempFile(directory, FORMAT_FILE, "");
      Files.writeString(temporary, "dotfs object store " + FORMAT_VERSION + "\n");
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      PackFiles.syncDirectory(directory);
      return;
    }
    String text = Files.readString(file).strip();
    int version;
    try {
      version = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    } catch (NumberFormatException e) {
      throw new StorageException(file + " does not say which format the store has", false, e);
    }
    if (version != FORMAT_VERSION) {
      throw new UnsupportedFormatException(
          "the store in " + directory, version, FORMAT_VERSION, FORMAT_VERSION);
    }
  }

  /** The directory, as a real path. */
  public Path directory() {
    return directory;
  }

  /** Begins a batch of new objects. The caller finishes or aborts it. */
  public PackWriter begin() throws StoreException {
    return new StoreWriter(this, compression, options.objectsPerPack());
  }

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

  long nextTemporaryNumber() {
    return temporaryNumbers.incrementAndGet();
  }

  /** Takes notice of packs that other processes added or removed. */
  public void refresh() throws StoreException {
    synchronized (lock) {
      long millis = directoryMillis();
      listedMillis = System.currentTimeMillis() - millis < RACY_MILLIS ? 0 : millis;
      Map<Path, Pack> known = new HashMap<>();
      packs.forEach(pack -> known.put(directory.resolve(pack.name()), pack));
      Map<Path, StoreException> failed = new HashMap<>();
      List<Pack> current = new ArrayList<>();
      for (Path file : PackFiles.packs(directory, false)) {
        try {
          PackScanner.writeIndex(file, lease());
        } catch (CorruptObjectException | UnsupportedFormatException e) {
          failed.put(file, e);
        }
      }
      for (Path file : PackFiles.packs(directory, true)) {
        Pack pack = known.get(file);
        if (pack != null) {
          current.add(pack);
          continue;
        }
        try {
          current.add(openPack(file));
        } catch (CorruptObjectException | UnsupportedFormatException e) {
          failed.put(file, e);
        }
      }
      for (Map.Entry<Path, StoreException> entry : failed.entrySet()) {
        if (!unusable.containsKey(entry.getKey())) {
          LOG.error("pack {} is unusable", entry.getKey(), entry.getValue());
        }
      }
      unusable = Map.copyOf(failed);
      packs = List.copyOf(current);
    }
  }

  @GuardedBy("lock")
  private Pack openPack(Path file) throws StoreException {
    try {
      return Pack.open(file);
    } catch (CorruptObjectException e) {
      LOG.warn("writing the index of {} again, since it is damaged", file, e);
      PackScanner.writeIndex(file, lease());
      return Pack.open(file);
    }
  }

  private long directoryMillis() throws StorageException {
    try {
      FileTime time = Files.getLastModifiedTime(directory);
      return time.toMillis();
    } catch (IOException e) {
      throw StorageException.of("cannot read " + directory, e);
    }
  }

  /** Lists the packs again if they may have changed since; says whether they may have. */
  private boolean refreshIfChanged() throws StoreException {
    synchronized (lock) {
      if (closed || listedMillis == directoryMillis()) {
        return false;
      }
      refresh();
      return true;
    }
  }

  /** Takes finished packs into view, newest last. */
  void adopt(List<Path> files) throws StoreException {
    synchronized (lock) {
      List<Pack> current = new ArrayList<>(packs);
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (current.stream().noneMatch(pack -> pack.name().equals(name))) {
          current.add(0, Pack.open(file));
        }
      }
      packs = List.copyOf(current);
    }
  }

  /**
   * Makes all finished packs of another store visible here by linking them: for a quarantine that
   * was found good. Durable on return; the other store stays as it is.
   *
   * @param other a store's directory on the same file system
   */
  public void link(Path other) throws StoreException {
    List<Path> linked = new ArrayList<>();
    try {
      for (Path file : PackFiles.packs(other, true)) {
        Path name = directory.resolve(String.valueOf(file.getFileName()));
        if (!Files.exists(PackFiles.indexOf(name))) {
          if (!Files.exists(name)) {
            Files.createLink(name, file);
          }
          Files.createLink(PackFiles.indexOf(name), PackFiles.indexOf(file));
        }
        linked.add(name);
      }
      PackFiles.syncDirectory(directory);
    } catch (IOException e) {
      throw StorageException.of("cannot link the packs of " + other + " into " + directory, e);
    }
    adopt(linked);
  }

  /** Packs that cannot be read at all, with the reason. */
  public Map<Path, StoreException> unusablePacks() {
    synchronized (lock) {
      return unusable;
    }
  }

  /** The packs in view, newest first: for verification and maintenance. */
  public List<Pack> packs() {
    return packs;
  }

  /**
   * The ids here that begin with {@code hexDigits} (1 to 64, either case), in order, at most {@code
   * limit} of them: for abbreviated ids. Objects of all types are looked at.
   *
   * @throws IllegalArgumentException if {@code hexDigits} is no hex
   */
  public List<ObjectId> idsStartingWith(String hexDigits, int limit) throws StoreException {
    String digits = hexDigits.toLowerCase(Locale.ROOT);
    if (digits.isEmpty() || digits.length() > ObjectId.HEX_DIGITS) {
      throw new IllegalArgumentException("1 to 64 hex digits, not " + digits.length());
    }
    ObjectId first = ObjectId.fromHex(digits + "0".repeat(ObjectId.HEX_DIGITS - digits.length()));
    SortedSet<ObjectId> found = new TreeSet<>();
    for (Pack pack : packs) {
      int added = 0;
      for (int i = pack.lowerBound(first); i < pack.count() && added < limit; i++, added++) {
        ObjectId id = pack.idAt(i);
        if (!id.toHex().startsWith(digits)) {
          break;
        }
        found.add(id);
      }
    }
    return found.stream().limit(limit).toList();
  }

  /** Whether the object is in a pack in view; does not look for packs of other processes. */
  @Override
  public boolean contains(ObjectId id) {
    for (Pack pack : packs) {
      if (pack.contains(id)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
    for (int attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0 && !refreshIfChanged()) {
        break;
      }
      for (Pack pack : packs) {
        Optional<ObjectInfo> info = pack.info(id);
        if (info.isPresent()) {
          return info;
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
    return ByteBuffer.wrap(payload(id, type)).asReadOnlyBuffer();
  }

  @Override
  public int read(ObjectId id, ObjectType type, int offset, ByteBuffer target)
      throws StoreException {
    byte[] payload = payload(id, type);
    int length = Math.min(target.remaining(), payload.length - offset);
    if (length <= 0) {
      return 0;
    }
    target.put(payload, offset, length);
    return length;
  }

  private byte[] payload(ObjectId id, ObjectType type) throws StoreException {
    Optional<PayloadCache.Payload> cached = cache.get(id, type);
    if (cached.isPresent()) {
      return cached.get().bytes();
    }
    return find(
        id,
        stored -> {
          if (stored.type() != type) {
            throw CorruptObjectException.malformed(
                "it is a " + stored.type() + " where a " + type + " is expected");
          }
          byte[] bytes =
              compression.decode(stored.encoding(), stored.bytes(), stored.lengthBytes());
          cache.put(id, new PayloadCache.Payload(type, bytes));
          return bytes;
        });
  }

  @Override
  public StoredObject readStored(ObjectId id) throws StoreException {
    return find(id, stored -> stored);
  }

  /** What is made of a record that was read. */
  private interface Use<T> {
    T of(StoredObject stored) throws StoreException;
  }

  /** Reads a record from the newest pack that has it undamaged. */
  private <T> T find(ObjectId id, Use<T> use) throws StoreException {
    Optional<CorruptObjectException> damage = Optional.empty();
    for (int attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0 && !refreshIfChanged()) {
        break;
      }
      for (Pack pack : packs) {
        try {
          Optional<StoredObject> stored = pack.read(id);
          if (stored.isPresent()) {
            return use.of(stored.get());
          }
        } catch (CorruptObjectException e) {
          CorruptObjectException named =
              e.place().isPresent()
                  ? e.of(id)
                  : new CorruptObjectException(Optional.of(id), pack.placeOf(id), e.reason());
          damage = damage.or(() -> Optional.of(named));
        }
      }
    }
    if (damage.isPresent()) {
      throw damage.get();
    }
    throw new MissingObjectException(id);
  }

  /** Bytes on disk of all packs and indexes. */
  public long sizeBytes() {
    long sum = 0;
    for (Pack pack : packs) {
      sum += pack.sizeBytes();
    }
    return sum;
  }

  /** Closes files. Writers must have ended; reads that come later fail. */
  @Override
  public void close() throws StorageException {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        for (Pack pack : packs) {
          pack.close();
        }
      } catch (IOException e) {
        throw StorageException.of("cannot close the store in " + directory, e);
      } finally {
        packs = List.of();
        compression.close();
        if (lease.isPresent()) {
          lease.get().close();
        }
      }
    }
  }
}
