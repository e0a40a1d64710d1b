package io.dotfs.fusefs.overlay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * {@link BlockFiles} below one directory of the host's file system: {@code TREE/XX/INODE[.VERSION]}
 * in hex, XX being the low byte of the inode number. Keeps at most {@link #MAX_DESCRIPTORS} of them
 * open, closing those that were not used of late.
 */
final class DiskBlockFiles implements BlockFiles {
  static final int MAX_DESCRIPTORS = 2048;
  private static final int O_CREAT_TRUNC_RDWR_CLOEXEC = 02 | 0100 | 01000 | 02000000;
  private static final int O_DIRECTORY_CLOEXEC = 0200000 | 02000000;
  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  // struct statvfs of x86-64 and aarch64 (sys/statvfs.h) agree in these fields.
  private static final int STATVFS_BYTES = 256;
  private static final int STATVFS_FRAGMENT_BYTES = 8;
  private static final int STATVFS_BLOCKS = 16;
  private static final int STATVFS_AVAILABLE = 32;

  private final LibC libc;
  private final Runtime runtime;
  private final Path root;
  private final DiskSpace space;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<BackingFile> open = new ArrayDeque<>();

  /** Directories that were made and not synced yet. */
  private final Set<Path> newBuckets = ConcurrentHashMap.newKeySet();

  DiskBlockFiles(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root);
    libc = LibraryLoader.create(LibC.class).load("c");
    runtime = Runtime.getRuntime(libc);
    space = new DiskSpace(this::figures, System::nanoTime);
  }

  /**
   * By statvfs(3): a {@code FileStore} wants a mount point, which the root of a chroot need not be,
   * and {@code File} says 0 where the call fails.
   */
  private DiskSpace.Figures figures() throws IOException {
    long statvfs = NativeMemory.allocate(STATVFS_BYTES);
    try {
      while (libc.statvfs(root.toString(), statvfs) != 0) {
        int errno = errno();
        if (errno != EINTR) {
          throw new ErrnoException("statvfs", root.toString(), errno);
        }
      }
      long fragmentBytes = NativeMemory.getLong(statvfs + STATVFS_FRAGMENT_BYTES);
      return new DiskSpace.Figures(
          NativeMemory.getLong(statvfs + STATVFS_AVAILABLE) * fragmentBytes,
          NativeMemory.getLong(statvfs + STATVFS_BLOCKS) * fragmentBytes);
    } finally {
      NativeMemory.free(statvfs);
    }
  }

  LibC libc() {
    return libc;
  }

  int errno() {
    return runtime.getLastError();
  }

  private Path path(Name name) {
    String file = Long.toHexString(name.inode());
    return bucket(name).resolve(name.version() == 0 ? file : file + "." + name.version());
  }

  private Path bucket(Name name) {
    return root.resolve(Long.toHexString(name.tree()))
        .resolve(Integer.toHexString((int) (name.inode() & 0xff) | 0x100).substring(1));
  }

  @Override
  public BlockFile create(Name name) throws IOException {
    Path path = path(name);
    int fd = libc.open(path.toString(), O_CREAT_TRUNC_RDWR_CLOEXEC, 0600);
    if (fd < 0 && errno() == ENOENT) {
      Files.createDirectories(bucket(name));
      newBuckets.add(bucket(name));
      fd = libc.open(path.toString(), O_CREAT_TRUNC_RDWR_CLOEXEC, 0600);
    }
    if (fd < 0) {
      throw new ErrnoException("open", path.toString(), errno());
    }
    BackingFile file = new BackingFile(this, path);
    file.created(fd);
    opened(file);
    return file;
  }

  @Override
  public BlockFile open(Name name) throws IOException {
    Path path = path(name);
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return new BackingFile(this, path);
  }

  @Override
  public boolean exists(Name name) {
    return Files.exists(path(name));
  }

  @Override
  public Optional<BlockFile.Facts> facts(Name name) throws IOException {
    String path = path(name).toString();
    long stat = NativeMemory.allocate(BackingFile.STAT_BYTES);
    try {
      if (libc.stat(path, stat) == 0) {
        return Optional.of(BackingFile.facts(stat));
      }
      int errno = errno();
      if (errno != ENOENT) {
        throw new ErrnoException("stat", path, errno);
      }
      return Optional.empty();
    } finally {
      NativeMemory.free(stat);
    }
  }

  int openDescriptor(Path path, int flags) throws IOException {
    int fd = libc.open(path.toString(), flags, 0);
    if (fd < 0) {
      throw new ErrnoException("open", path.toString(), errno());
    }
    return fd;
  }

  /** Notes an open descriptor and closes others if there are too many. */
  void opened(BackingFile file) {
    lock.lock();
    try {
      open.addLast(file);
      int tries = 2 * open.size();
      while (open.size() > MAX_DESCRIPTORS && tries-- > 0) {
        BackingFile oldest = open.removeFirst();
        if (oldest == file || !oldest.closeIfIdle(false)) {
          open.addLast(oldest);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void forget(BackingFile file) {
    lock.lock();
    try {
      open.remove(file);
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc} The file's own name came with the sync of the file: ext4, XFS and btrfs make the
   * creation of a file durable together with its first fsync. Left to do are directories made
   * since.
   */
  @Override
  public void syncName(Name name) throws IOException {
    Path bucket = bucket(name);
    if (newBuckets.contains(bucket)) {
      syncDirectory(bucket);
      syncDirectory(root.resolve(Long.toHexString(name.tree())));
      syncDirectory(root);
      newBuckets.remove(bucket);
    }
  }

  @Override
  public void syncAll() throws IOException {
    int fd = openDescriptor(root, O_DIRECTORY_CLOEXEC);
    try {
      if (libc.syncfs(fd) != 0) {
        throw new ErrnoException("syncfs", root.toString(), errno());
      }
    } finally {
      libc.close(fd);
    }
  }

  private void syncDirectory(Path directory) throws IOException {
    int fd = openDescriptor(directory, O_DIRECTORY_CLOEXEC);
    try {
      if (libc.fsync(fd) != 0) {
        throw new ErrnoException("fsync", directory.toString(), errno());
      }
    } finally {
      libc.close(fd);
    }
  }

  @Override
  public void rename(BlockFile file, Name from, Name to) throws IOException {
    Path target = path(to);
    Files.move(path(from), target, StandardCopyOption.ATOMIC_MOVE);
    ((BackingFile) file).moved(target);
  }

  @Override
  public void delete(Name name) throws IOException {
    Files.deleteIfExists(path(name));
    space.changed();
  }

  @Override
  public void deleteTree(long tree) throws IOException {
    Path directory = root.resolve(Long.toHexString(tree));
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              // A pending deletion came first.
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public DiskSpace space() {
    return space;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      for (BackingFile file : open) {
        if (!file.closeIfIdle(true)) {
          throw new IllegalStateException("a backing file is in use while its home is closed");
        }
      }
      open.clear();
    } finally {
      lock.unlock();
    }
  }
}
