package io.dotfs.fusefs.overlay;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * One store of dots on this host ({@code DM_HOME}): its objects, refs, working trees and lock.
 *
 * <pre>
 * lock      held while open; holds the pid
 * objects/  packs
 * meta/     database
 * overlay/  backing files
 * </pre>
 *
 * <p>One process at a time. Thread safe. The caller closes it, after what uses it.
 */
public final class Home implements AutoCloseable {
  private static final byte[] CLEAN_STOP = key("clean-stop");
  private static final byte[] BOOT_ID = key("boot-id");
  private static final byte[] POWER_EPOCH = key("power-epoch");
  private static final Path KERNEL_BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** How long the space of a deleted file may be taken still, unless it is needed. */
  private static final Duration DELETION_DELAY = Duration.ofSeconds(2);

  private final Path directory;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private final MetaStore metadata;
  private final BlockFiles blockFiles;
  private final ObjectStore objects;
  private final MetaRefStore refs;
  private final Registry registry;
  private final int powerEpoch;
  private final PendingDeletions deletions;

  private Home(
      Path directory,
      FileChannel lockChannel,
      FileLock lock,
      MetaStore metadata,
      BlockFiles blockFiles,
      ObjectStore objects,
      Clock clock)
      throws IOException {
    this.directory = directory;
    this.lockChannel = lockChannel;
    this.lock = lock;
    this.metadata = metadata;
    this.blockFiles = blockFiles;
    this.objects = objects;
    this.refs = new MetaRefStore(metadata, objects.retention(), clock);
    this.registry = new Registry(metadata);
    this.powerEpoch = startEpoch(metadata);
    this.deletions = new PendingDeletions(metadata, blockFiles, DELETION_DELAY);
  }

  /**
   * Opens the home in {@code directory}, creating it if there never was one.
   *
   * @throws HomeInUseException if another process has it
   * @throws IOException if it has lost a part, among other reasons
   */
  public static Home open(Path directory) throws IOException, StoreException {
    return open(directory, Clock.systemUTC());
  }

  /** As {@link #open(Path)}, with the clock that dates reflog entries. */
  public static Home open(Path directory, Clock clock) throws IOException, StoreException {
    Files.createDirectories(directory);
    Path lockFile = directory.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = lock(channel, directory);
      byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid), 0);
      boolean made = HomeFormat.isMade(directory);
      MetaStore metadata = RocksMetaStore.open(directory.resolve("meta"));
      try {
        BlockFiles blockFiles = new DiskBlockFiles(directory.resolve("overlay"));
        ObjectStore objects = ObjectStore.open(directory.resolve("objects"));
        if (!made) {
          HomeFormat.record(directory);
        }
        return new Home(directory, channel, lock, metadata, blockFiles, objects, clock);
      } catch (IOException | StoreException | RuntimeException e) {
        metadata.close();
        throw e;
      }
    } catch (IOException | StoreException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileLock lock(FileChannel channel, Path directory) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new HomeInUseException(directory.toString(), ProcessHandle.current().pid());
    }
    if (lock != null) {
      return lock;
    }
    ByteBuffer text = ByteBuffer.allocate(32);
    channel.read(text, 0);
    String digits = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    long pid = digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    throw new HomeInUseException(directory.toString(), pid);
  }

  /**
   * The epoch goes up when the machine lost power: no clean stop, and another boot than the one
   * that used the home last. What was recorded in an older epoch holds only as far as it was
   * synced.
   */
  private static int startEpoch(MetaStore metadata) throws IOException {
    int epoch =
        metadata.get(Table.META, POWER_EPOCH).map(b -> ByteBuffer.wrap(b).getInt()).orElse(1);
    byte[] boot =
        Files.exists(KERNEL_BOOT_ID)
            ? Files.readString(KERNEL_BOOT_ID).strip().getBytes(StandardCharsets.US_ASCII)
            : new byte[0];
    boolean clean = metadata.get(Table.META, CLEAN_STOP).isPresent();
    Optional<byte[]> lastBoot = metadata.get(Table.META, BOOT_ID);
    boolean sameBoot = lastBoot.isPresent() && java.util.Arrays.equals(lastBoot.get(), boot);
    if (!clean && lastBoot.isPresent() && !sameBoot) {
      epoch++;
    }
    try (MetaBatch batch = metadata.newBatch()) {
      batch.put(Table.META, POWER_EPOCH, ByteBuffer.allocate(4).putInt(epoch).array());
      batch.put(Table.META, BOOT_ID, boot);
      batch.delete(Table.META, CLEAN_STOP);
      metadata.sync(metadata.write(batch));
    }
    return epoch;
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public Path directory() {
    return directory;
  }

  /** All objects of the home. */
  public ObjectStore objects() {
    return objects;
  }

  /** Branches, tags and remote branches. */
  public MetaRefStore refs() {
    return refs;
  }

  /** Small values of the daemon. */
  public Registry registry() {
    return registry;
  }

  /** The database beneath; for working trees. */
  public MetaStore metadata() {
    return metadata;
  }

  /** The backing files; for working trees. */
  public BlockFiles blockFiles() {
    return blockFiles;
  }

  /** Backing files that are to go; for working trees. */
  public PendingDeletions deletions() {
    return deletions;
  }

  /** Counts the power cuts that this home has seen; for working trees. */
  public int powerEpoch() {
    return powerEpoch;
  }

  /** Records a clean stop, closes everything and gives up the lock. */
  @Override
  public void close() throws IOException, StoreException {
    try (lockChannel;
        objects;
        metadata;
        blockFiles;
        deletions) {
      if (!lock.isValid()) {
        throw new IllegalStateException("the lock of " + directory + " was lost");
      }
      deletions.close();
      // The mark says that all that was written has reached the disk.
      blockFiles.syncAll();
      try (MetaBatch batch = metadata.newBatch()) {
        batch.put(Table.META, CLEAN_STOP, new byte[0]);
        metadata.sync(metadata.write(batch));
      }
    }
  }
}
