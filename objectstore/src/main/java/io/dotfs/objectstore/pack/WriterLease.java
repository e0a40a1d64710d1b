package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.error.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells other processes that the writer of some temporary files lives: a lock, which the kernel
 * releases when the process ends, on a file of the lease's name. The temporary files carry that
 * name too; those without a living lease are removed by whoever opens the store next.
 *
 * <p>A process loses its locks on a file when it closes any descriptor of it (fcntl(2)), so leases
 * of this process are known by a set, and their files are never opened a second time.
 */
public final class WriterLease implements AutoCloseable {
  private static final String LOCK_SUFFIX = ".lock";
  private static final int TOKEN_LENGTH = 32;
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final String token;
  private final Path file;
  private final FileChannel channel;

  private WriterLease(String token, Path file, FileChannel channel) {
    this.token = token;
    this.file = file;
    this.channel = channel;
  }

  private static Path lockFile(Path directory, String token) {
    return PackFiles.temporariesIn(directory).resolve(token + LOCK_SUFFIX);
  }

  /** Takes a new lease. Any number of them may exist for one directory. */
  public static WriterLease acquire(Path directory) throws StorageException {
    try {
      while (true) {
        Optional<WriterLease> lease = tryAcquire(directory.toRealPath());
        if (lease.isPresent()) {
          return lease.get();
        }
      }
    } catch (IOException e) {
      throw StorageException.of("cannot take a writer's lease in " + directory, e);
    }
  }

  /** A new lease, or nothing if somebody cleaned up between the file's creation and its lock. */
  private static Optional<WriterLease> tryAcquire(Path directory) throws IOException {
    String token = UUID.randomUUID().toString().replace("-", "");
    Path file = lockFile(directory, token);
    OWN.add(file);
    boolean acquired = false;
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        acquired = channel.lock().isValid() && Files.exists(file);
        return acquired ? Optional.of(new WriterLease(token, file, channel)) : Optional.empty();
      } finally {
        if (!acquired) {
          channel.close();
        }
      }
    } finally {
      if (!acquired) {
        OWN.remove(file);
      }
    }
  }

  /** 32 hex digits. */
  String token() {
    return token;
  }

  /** Removes the temporary files of writers, of any process, that are gone. */
  public static void removeAbandoned(Path directory) throws StorageException {
    try {
      Path real = directory.toRealPath();
      Path temporaries = Files.createDirectories(PackFiles.temporariesIn(real));
      Map<String, List<Path>> byToken = new HashMap<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(temporaries)) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          if (name.length() > TOKEN_LENGTH) {
            byToken
                .computeIfAbsent(name.substring(0, TOKEN_LENGTH), token -> new ArrayList<>())
                .add(file);
          }
        }
      }
      for (Map.Entry<String, List<Path>> found : byToken.entrySet()) {
        Path lockFile = lockFile(real, found.getKey());
        if (!OWN.contains(lockFile)) {
          removeUnlessHeld(lockFile, found.getValue());
        }
      }
    } catch (IOException e) {
      throw StorageException.of("cannot clean up " + directory, e);
    }
  }

  private static void removeUnlessHeld(Path lockFile, List<Path> files) throws IOException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
      // Removed while we hold the lock: whoever waits for it finds the file gone.
      if (channel.tryLock() != null) {
        remove(files);
        Files.deleteIfExists(lockFile);
      }
    } catch (NoSuchFileException e) {
      // The lock file comes before, and goes after, everything that it protects.
      remove(files);
    }
  }

  private static void remove(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!String.valueOf(file.getFileName()).endsWith(LOCK_SUFFIX)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Gives the lease up; temporary files that remain may be removed by anybody. */
  @Override
  public void close() throws StorageException {
    try {
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException e) {
      throw StorageException.of("cannot give up " + file, e);
    } finally {
      OWN.remove(file);
    }
  }
}
