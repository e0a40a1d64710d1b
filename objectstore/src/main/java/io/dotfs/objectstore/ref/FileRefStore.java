package io.dotfs.objectstore.ref;

import com.google.errorprone.annotations.MustBeClosed;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Refs in a directory, for {@code file://} remotes and small stores. Any number of threads and
 * processes may use one directory; this object holds nothing open, so that it needs no closing.
 *
 * <pre>
 *   refs          all refs and the last batch's changes ({@link RefTable})
 *   refs.new      the next version while it is being written
 *   logs/HASH     the reflog of the ref whose name has this SHA-256, up to the last batch but one
 *   lock          whoever holds its lock (fcntl(2)) may write
 * </pre>
 *
 * <p>Invariants: {@code refs} only changes by being replaced with a synced file, which is the
 * moment when a batch happens, in whole. It carries its batch's reflog lines itself; they are
 * copied to {@code logs} and synced before the next batch replaces {@code refs}. So the reflog says
 * what happened, whatever moment the power failed at. File names are fixed or hashes: no ref name
 * leads out of the directory, clashes with another in a file system that ignores case, or is too
 * long for one.
 *
 * <p>Reading costs one look at {@code refs}, writing one new copy of it: meant for thousands of
 * refs, not for millions.
 */
public final class FileRefStore implements RefStore {
  /** fcntl locks do not hold between the threads of one process: these do, by real path. */
  private static final ConcurrentMap<Path, Lock> LOCKS_IN_PROCESS = new ConcurrentHashMap<>();

  private final Path directory;
  private final Lock lockInProcess;
  private final Clock clock;

  private FileRefStore(Path directory, Clock clock) {
    this.directory = directory;
    this.lockInProcess = LOCKS_IN_PROCESS.computeIfAbsent(directory, d -> new ReentrantLock());
    this.clock = clock;
  }

  /** As {@link #open(Path, Clock)}, with the system's clock. */
  public static FileRefStore open(Path directory) throws StoreException {
    return open(directory, Clock.systemUTC());
  }

  /**
   * Opens the refs in {@code directory}, which is created, with its parents, if it is not there.
   *
   * @param clock gives the times in the reflog
   * @throws StorageException if the directory cannot be used, or its file is damaged
   * @throws io.dotfs.objectstore.error.UnsupportedFormatException if a newer program wrote it
   */
  public static FileRefStore open(Path directory, Clock clock) throws StoreException {
    try {
      if (!Files.isDirectory(directory.resolve("logs"))) {
        Files.createDirectories(directory.resolve("logs"));
        sync(directory);
        sync(directory.toAbsolutePath().normalize().resolveSibling("."));
      }
      Path real = directory.toRealPath();
      FileRefStore store = new FileRefStore(real, clock);
      store.readTable();
      return store;
    } catch (IOException e) {
      throw StorageException.of("cannot open the refs in " + directory, e);
    }
  }

  @Override
  public Optional<ObjectId> get(RefName name) throws StoreException {
    return Optional.ofNullable(readTable().refs().get(name));
  }

  @Override
  public SortedMap<RefName, ObjectId> list(String prefix) throws StoreException {
    return RefBatch.withPrefix(readTable().refs(), prefix);
  }

  @Override
  public void update(List<RefUpdate> batch) throws StoreException {
    if (batch.isEmpty()) {
      return;
    }
    lockInProcess.lock();
    try (FileChannel held = lockBetweenProcesses()) {
      RefTable before = readTable();
      RefBatch done = RefBatch.apply(before.refs(), batch, clock.instant());
      if (!done.log().isEmpty()) {
        copyToLogs(before);
        replace(new RefTable(before.sequence() + 1, done.refs(), done.log()));
      }
    } catch (IOException e) {
      throw StorageException.of("cannot write the refs in " + directory, e);
    } finally {
      lockInProcess.unlock();
    }
  }

  @Override
  public List<ReflogEntry> reflog(RefName name, int limit) throws StoreException {
    RefTable table = readTable();
    List<ReflogEntry> newest = new ArrayList<>();
    for (RefBatch.Logged change : table.last()) {
      if (change.name().equals(name) && limit > 0) {
        newest.add(change.entry());
      }
    }
    for (ReflogFile.Line line :
        logOf(name).read(table.sequence(), Math.max(0, limit - newest.size()))) {
      newest.add(line.entry());
    }
    return List.copyOf(newest);
  }

  @Override
  public SortedSet<RefName> logged() throws StoreException {
    SortedSet<RefName> names = new TreeSet<>();
    readTable().last().forEach(change -> names.add(change.name()));
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory.resolve("logs"))) {
      for (Path log : logs) {
        ReflogFile.nameIn(log).ifPresent(names::add);
      }
    } catch (IOException e) {
      throw StorageException.of("cannot list the reflogs in " + directory, e);
    }
    return names;
  }

  @Override
  public void expire(RefName name, Instant before) throws StoreException {
    lockInProcess.lock();
    try (FileChannel held = lockBetweenProcesses()) {
      RefTable table = readTable();
      boolean logsElsewhere =
          !table.refs().containsKey(name)
              || table.last().stream().anyMatch(change -> change.name().equals(name));
      logOf(name).expire(before, logsElsewhere ? 0 : 1);
    } catch (IOException e) {
      throw StorageException.of("cannot write the refs in " + directory, e);
    } finally {
      lockInProcess.unlock();
    }
  }

  private RefTable readTable() throws StoreException {
    try {
      return RefTable.decode(Files.readAllBytes(directory.resolve("refs")));
    } catch (NoSuchFileException e) {
      return RefTable.EMPTY;
    } catch (IOException e) {
      throw StorageException.of("cannot read the refs in " + directory, e);
    }
  }

  /** Waits for the lock file's lock, which ends when the channel is closed. */
  @MustBeClosed
  private FileChannel lockBetweenProcesses() throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      channel.lock();
      return channel;
    } catch (IOException | RuntimeException e) {
      try (channel) {
        throw e;
      }
    }
  }

  private void copyToLogs(RefTable table) throws StoreException, IOException {
    boolean created = false;
    for (RefBatch.Logged change : table.last()) {
      created |= logOf(change.name()).append(new ReflogFile.Line(table.sequence(), change.entry()));
    }
    if (created) {
      sync(directory.resolve("logs"));
    }
  }

  private void replace(RefTable table) throws IOException {
    Path next = directory.resolve("refs.new");
    try (FileChannel file =
        FileChannel.open(
            next,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(table.encode());
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(next, directory.resolve("refs"), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  private ReflogFile logOf(RefName name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(name.value().getBytes(StandardCharsets.US_ASCII));
      return new ReflogFile(
          directory.resolve("logs").resolve(HexFormat.of().formatHex(hash)), name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
