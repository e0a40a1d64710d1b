package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.DamagePlace;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Compression;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackBatch;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.WriterLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A directory of packs: the immutable content of one home, hub or {@code file://} remote.
 *
 * <p>Any number of threads may use it. Several processes may have one directory open: each sees
 * what the others finished at its next miss or {@link #refresh}.
 *
 * <p>Damage is contained: a pack whose index is damaged is indexed again, one that cannot be is
 * left alone and named by {@link #unusablePacks}, and the rest stays usable.
 */
public final class ObjectStore implements ObjectReader, DeltaBases, AutoCloseable {
  private static final int FORMAT_VERSION = 1;

  /** Differences to differences are read this far, although none are written. */
  private static final int MAX_LINKS = 4;

  private static final String FORMAT_FILE = "format";

  /** So many ids of damaged objects are remembered; whoever has more has other worries. */
  private static final int MAX_DAMAGED = 100_000;

  /** So often packs may be replaced while one object is being looked for. */
  private static final int FIND_ATTEMPTS = 8;

  private final Path directory;
  private final StoreOptions options;
  private final Compression compression;
  private final PayloadCache cache;
  private final PackSet packSet;
  private final DeltaBases outside;
  private final AtomicLong temporaryNumbers = new AtomicLong();
  private final ReentrantLock rewriting = new ReentrantLock();
  private final Retention retention = new Retention(id -> info(id).isPresent());

  /** Objects that could not be read: not counted as present, so that the next put heals them. */
  private final Set<ObjectId> damaged = ConcurrentHashMap.newKeySet();

  private ObjectStore(Path directory, StoreOptions options, DeltaBases outside) {
    this.directory = directory;
    this.outside = outside;
    this.options = options;
    this.compression = new Compression(options.zstdLevel());
    this.cache = new PayloadCache(options);
    this.packSet = new PackSet(directory);
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
    return open(directory, options, DeltaBases.NONE);
  }

  /**
   * As {@link #open(Path, StoreOptions)}, for what is on its way into another store.
   *
   * @param outside objects of that other store, which those here may be differences to
   */
  public static ObjectStore open(Path directory, StoreOptions options, DeltaBases outside)
      throws StoreException {
    try {
      boolean isNew = !Files.exists(directory);
      Path real = Files.createDirectories(directory).toRealPath();
      if (isNew && real.getParent() != null) {
        PackFiles.syncDirectory(real.getParent());
      }
      ObjectStore store = new ObjectStore(real, options, outside);
      store.checkFormat();
      WriterLease.removeAbandoned(real);
      store.packSet.refresh(true);
      return store;
    } catch (IOException e) {
      throw StorageException.of("cannot open the store in " + directory, e);
    }
  }

  private void checkFormat() throws IOException, StoreException {
    Path file = directory.resolve(FORMAT_FILE);
    if (!Files.exists(file)) {
      Path temporary = Files.createTempFile(directory, FORMAT_FILE, ".new");
      String text = "dotfs object store " + FORMAT_VERSION + "\n";
      PackFiles.writeSynced(temporary, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      PackFiles.syncDirectory(directory);
      return;
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
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
    return packSet.lease();
  }

  long nextTemporaryNumber() {
    return temporaryNumbers.incrementAndGet();
  }

  /**
   * Memory that is no part of the heap, for lists that grow with a transfer: zeros, mapped from a
   * file of this store's directory that has no name. The operating system may write it to disk when
   * memory is short; the space is free again once nothing refers to the buffer.
   *
   * @throws StorageException if the disk is full
   */
  public ByteBuffer scratch(int bytes) throws StorageException {
    try {
      return PackFiles.mapUnnamed(directory, lease(), nextTemporaryNumber(), bytes);
    } catch (IOException e) {
      throw StorageException.of("cannot get scratch space in " + directory, e);
    }
  }

  /** Takes notice of packs that other processes added or removed. */
  public void refresh() throws StorageException {
    packSet.refresh(false);
  }

  /** Takes packs that a writer finished into view. */
  void adopt(List<Path> files) throws StoreException {
    retention.publishing(files.stream().map(file -> String.valueOf(file.getFileName())).toList());
    forgetDamage(packSet.adopt(files));
  }

  /**
   * Makes all finished packs of another store visible here by linking them: for a quarantine that
   * was found good. Durable on return; the other store stays as it is.
   *
   * @param other a store's directory on the same file system
   */
  public void link(Path other) throws StoreException {
    retention.publishing(
        PackFiles.packs(other, true).stream()
            .map(file -> String.valueOf(file.getFileName()))
            .toList());
    forgetDamage(packSet.link(other));
  }

  private void forgetDamage(List<Pack> added) {
    damaged.removeIf(id -> added.stream().anyMatch(pack -> has(pack, id)));
  }

  /**
   * Merges small packs where there are many ({@link RepackChoice}), so that looking an object up
   * costs the same after a thousand commits as after ten. Every object is verified on its way; what
   * is damaged stays where it is. Readers and writers go on meanwhile. The new pack is durable
   * before an old one is removed: a crash leaves some objects twice.
   *
   * <p>Only for a directory that no other process has open. One thread at a time does it; another
   * one that comes meanwhile does nothing.
   *
   * @param stop asked now and then; true gives up, and leaves everything as it was
   * @return how many packs were merged
   */
  public int repack(BooleanSupplier stop) throws StoreException {
    if (!rewriting.tryLock()) {
      return 0;
    }
    try {
      List<Pack> chosen = RepackChoice.among(packSet.packs());
      return chosen.isEmpty()
          ? 0
          : rewrite((pack, id) -> true, stop).run(chosen, Optional.empty()).packs();
    } finally {
      rewriting.unlock();
    }
  }

  private PackRewrite rewrite(Rewriting.Wanted wanted, BooleanSupplier stop) {
    return new PackRewrite(
        directory, packSet, retention, this::unrelatedBatch, this::readForCopy, wanted, stop);
  }

  /** What operations under way hold. */
  public Retention retention() {
    return retention;
  }

  /**
   * Waits for the right to replace packs, and takes it. The caller closes it, in this thread.
   *
   * @throws InterruptedException if interrupted while waiting
   */
  public Rewriting beginRewriting() throws InterruptedException {
    rewriting.lockInterruptibly();
    return new Rewriting() {
      @Override
      public Rewritten rewrite(
          List<Pack> packs, Wanted wanted, Retention.Sweep sweep, BooleanSupplier stop)
          throws StoreException {
        Rewritten done = ObjectStore.this.rewrite(wanted, stop).run(packs, Optional.of(sweep));
        forgetDamage(packSet.packs());
        return done;
      }

      @Override
      public void close() throws StoreException {
        rewriting.unlock();
        packSet.letGo();
      }
    };
  }

  /** A batch that stores what it is given whether the store has it or not. */
  private PackBatch unrelatedBatch() throws StorageException {
    return new PackBatch(
        directory,
        lease(),
        this::nextTemporaryNumber,
        compression,
        options.objectsPerPack(),
        new MemoryObjectStore(),
        this);
  }

  /**
   * An object of {@code pack} in the form in which another pack of this store may hold it instead:
   * a difference only if the object is nowhere whole. So what others lean on stays whole, and no
   * copy of a difference ever takes the place of the whole.
   *
   * @throws CorruptObjectException if it is damaged
   * @throws MissingObjectException if the pack does not have it
   */
  public StoredObject readForCopy(Pack pack, ObjectId id) throws StoreException {
    StoredObject stored = pack.read(id).orElseThrow(() -> new MissingObjectException(id));
    if (stored.base().isEmpty()) {
      return stored;
    }
    for (Pack other : packSet.packs()) {
      if (other.hasWhole(id)) {
        return standingAlone(stored);
      }
    }
    return stored;
  }

  private StoredObject standingAlone(StoredObject stored) throws StoreException {
    return stored.base().isEmpty()
        ? stored
        : compression.encode(stored.id(), stored.type(), compression.decode(stored, storedBases()));
  }

  /**
   * What any copy of the object here is stored as a difference to: as long as the object is wanted,
   * so are these. Touches indexes only, but for differences.
   */
  public Set<ObjectId> basesOf(ObjectId id) throws StoreException {
    Set<ObjectId> found = new HashSet<>();
    for (Pack pack : packSet.packs()) {
      pack.baseOf(id).ifPresent(found::add);
    }
    return found;
  }

  @Override
  public Optional<ObjectId> wholeBase(ObjectId older) throws StoreException {
    Optional<ObjectId> base = Optional.empty();
    for (Pack pack : packSet.packs()) {
      if (pack.hasWhole(older)) {
        return Optional.of(older);
      }
      base = base.or(() -> baseIn(pack, older));
    }
    if (base.isPresent() && isWhole(base.get())) {
      return base;
    }
    return outside.wholeBase(base.orElse(older));
  }

  private static Optional<ObjectId> baseIn(Pack pack, ObjectId id) {
    try {
      return pack.baseOf(id);
    } catch (StoreException e) {
      // Whoever reads the object is told; here it only means to store something whole.
      return Optional.empty();
    }
  }

  private boolean isWhole(ObjectId id) throws StoreException {
    for (Pack pack : packSet.packs()) {
      if (pack.hasWhole(id)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isSound(ObjectId id) throws StoreException {
    return contains(id) || outside.isSound(id);
  }

  @Override
  public byte[] payload(ObjectId id, ObjectType type) throws StoreException {
    return new Bases(true, 0).payload(id, type);
  }

  /** The bases in this store as they are on disk, past the cache. */
  public DeltaBases storedBases() {
    return new Bases(false, 0);
  }

  /** Bases for a read. */
  private final class Bases implements DeltaBases {
    private final boolean cached;

    /** How many differences led here: a ring, which nobody writes, comes to an end. */
    private final int links;

    Bases(boolean cached, int links) {
      this.cached = cached;
      this.links = links;
    }

    @Override
    public Optional<ObjectId> wholeBase(ObjectId older) throws StoreException {
      return ObjectStore.this.wholeBase(older);
    }

    @Override
    public boolean isSound(ObjectId id) throws StoreException {
      return ObjectStore.this.isSound(id);
    }

    @Override
    public byte[] payload(ObjectId id, ObjectType type) throws StoreException {
      try {
        return cached
            ? ObjectStore.this.payload(id, type, links)
            : find(id, stored -> decode(stored, type, new Bases(false, links + 1), links));
      } catch (MissingObjectException e) {
        return outside.payload(id, type);
      }
    }
  }

  private byte[] decode(StoredObject stored, ObjectType type, DeltaBases bases, int links)
      throws StoreException {
    if (stored.type() != type) {
      throw CorruptObjectException.malformed(
          "it is a " + stored.type() + " where a " + type + " is expected");
    }
    if (links > MAX_LINKS) {
      throw CorruptObjectException.malformed("more than " + MAX_LINKS + " differences in a row");
    }
    return compression.decode(stored, bases);
  }

  /** Packs that cannot be used at all, with the reason. */
  public Map<Path, StoreException> unusablePacks() {
    return packSet.unusable();
  }

  /** The packs in view, newest first: for verification and maintenance. */
  public List<Pack> packs() {
    return packSet.packs();
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
    for (Pack pack : packSet.packs()) {
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

  /**
   * Whether the object need not be stored: it is in a pack in view that is as long as it should be,
   * and nobody found it damaged. Does not look for new packs of other processes.
   */
  @Override
  public boolean contains(ObjectId id) {
    if (!damaged.isEmpty() && damaged.contains(id)) {
      return false;
    }
    for (Pack pack : packSet.packs()) {
      if (pack.isComplete() && has(pack, id)) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(Pack pack, ObjectId id) {
    try {
      return pack.contains(id);
    } catch (CorruptObjectException e) {
      // Whoever reads the object is told; here it only means that it is better stored again.
      return false;
    }
  }

  @Override
  public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
    for (int attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0 && !packSet.refreshIfChanged()) {
        break;
      }
      for (Pack pack : packSet.packs()) {
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

  private byte[] payload(ObjectId id, ObjectType type, int links) throws StoreException {
    Optional<PayloadCache.Payload> cached = cache.get(id, type);
    if (cached.isPresent()) {
      return cached.get().bytes();
    }
    return find(
        id,
        stored -> {
          byte[] bytes = decode(stored, type, new Bases(true, links + 1), links);
          cache.put(id, new PayloadCache.Payload(type, bytes));
          return bytes;
        });
  }

  @Override
  public StoredObject readStored(ObjectId id) throws StoreException {
    return find(id, this::standingAlone);
  }

  /**
   * As {@link #readStored(ObjectId)}, for somebody who has other objects already.
   *
   * @param known says which; a difference to one of them is given as it is
   */
  public StoredObject readStored(ObjectId id, Predicate<ObjectId> known) throws StoreException {
    return find(
        id, stored -> stored.base().filter(known).isPresent() ? stored : standingAlone(stored));
  }

  /** What is made of a record that was read. */
  private interface Use<T> {
    T of(StoredObject stored) throws StoreException;
  }

  /** Reads a record from the newest pack that has it undamaged. */
  private <T> T find(ObjectId id, Use<T> use) throws StoreException {
    Optional<CorruptObjectException> damage = Optional.empty();
    List<Pack> packs = packSet.packs();
    for (int attempt = 0; attempt < FIND_ATTEMPTS; attempt++) {
      if (attempt > 0) {
        List<Pack> before = packs;
        boolean listed = packSet.refreshIfChanged();
        packs = packSet.packs();
        if (!listed && packs.equals(before)) {
          break;
        }
        // What could not be read may have been in a pack that was merged meanwhile.
        damage = Optional.empty();
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
      if (damaged.size() < MAX_DAMAGED) {
        damaged.add(id);
      }
      throw damage.get();
    }
    throw missing(id);
  }

  /** Why an object that no pack has cannot be had. */
  private StoreException missing(ObjectId id) {
    if (packSet.isClosed()) {
      return new StorageException("the store in " + directory + " is closed", false);
    }
    Optional<Path> unusable = packSet.unusable().keySet().stream().sorted().findFirst();
    if (unusable.isPresent()) {
      String name = String.valueOf(unusable.get().getFileName());
      return new CorruptObjectException(
          Optional.of(id),
          Optional.of(new DamagePlace(name, 0)),
          "no other pack has it, and this one is unusable");
    }
    return new MissingObjectException(id);
  }

  /** Bytes on disk of all packs and indexes. */
  public long sizeBytes() {
    long sum = 0;
    for (Pack pack : packSet.packs()) {
      sum += pack.sizeBytes();
    }
    return sum;
  }

  /** Closes files. Writers must have ended; reads that come later fail. */
  @Override
  public void close() throws StorageException {
    try {
      packSet.close();
    } finally {
      compression.close();
    }
  }
}
