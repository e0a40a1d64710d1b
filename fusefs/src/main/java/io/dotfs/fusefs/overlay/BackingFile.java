package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link BlockFile} in a real file. Its descriptor comes and goes: {@link DiskBlockFiles} closes
 * those not used of late.
 *
 * <p>INVARIANT: {@code users} is -1 while the descriptor is being opened or closed by one thread;
 * otherwise the number of calls that use it now.
 */
final class BackingFile implements BlockFile {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;
  private static final int EINTR = 4;
  // struct stat of x86-64 and aarch64 (sys/stat.h) agree in these fields.
  static final int STAT_BYTES = 256;
  private static final int STAT_SIZE = 48;
  private static final int STAT_BLOCKS = 64;
  private static final int STAT_MTIME = 88;
  private static final long UTIME_OMIT = (1L << 30) - 2;

  /**
   * Most bytes of one pwrite(2). The host's page cache may keep what one call writes in one folio,
   * and ext4 goes through all blocks of a folio at each later write of a part of it: after 1 MiB at
   * once, 4 KiB took 16 microseconds there instead of 5 (Linux 6.18). The bytes themselves cost no
   * more in pieces of this size.
   */
  private static final int PIECE_BYTES = 128 << 10;

  private final DiskBlockFiles files;
  private final AtomicInteger users = new AtomicInteger();
  private volatile Path path;
  private volatile int fd = -1;
  private volatile boolean recentlyUsed;

  BackingFile(DiskBlockFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  void created(int descriptor) {
    fd = descriptor;
    recentlyUsed = true;
  }

  void moved(Path newPath) {
    path = newPath;
  }

  private int acquire() throws IOException {
    while (true) {
      int n = users.get();
      if (n < 0) {
        Thread.onSpinWait();
        continue;
      }
      if (fd >= 0) {
        if (users.compareAndSet(n, n + 1)) {
          if (fd >= 0) {
            if (!recentlyUsed) {
              recentlyUsed = true;
            }
            return fd;
          }
          users.decrementAndGet();
        }
        continue;
      }
      if (n == 0 && users.compareAndSet(0, -1)) {
        try {
          if (fd < 0) {
            fd = files.openDescriptor(path, O_RDWR | O_CLOEXEC);
          }
        } finally {
          users.set(0);
        }
        files.opened(this);
      }
    }
  }

  private void release() {
    users.decrementAndGet();
  }

  /** Closes the descriptor unless it is in use or was used since the last try. */
  boolean closeIfIdle(boolean force) {
    if (recentlyUsed && !force) {
      recentlyUsed = false;
      return false;
    }
    if (!users.compareAndSet(0, -1)) {
      return false;
    }
    try {
      if (fd >= 0) {
        files.libc().close(fd);
        fd = -1;
      }
    } finally {
      users.set(0);
    }
    return true;
  }

  private ErrnoException failed(String call) {
    return new ErrnoException(call, path.toString(), files.errno());
  }

  @Override
  public int read(long address, int length, long offset) throws IOException {
    int descriptor = acquire();
    try {
      int done = 0;
      while (done < length) {
        long n = files.libc().pread(descriptor, address + done, length - done, offset + done);
        if (n == 0) {
          break;
        }
        if (n < 0) {
          if (files.errno() == EINTR) {
            continue;
          }
          throw failed("pread");
        }
        done += (int) n;
      }
      return done;
    } finally {
      release();
    }
  }

  @Override
  public void write(long address, int length, long offset) throws IOException {
    int descriptor = acquire();
    try {
      int done = 0;
      while (done < length) {
        int piece = Math.min(length - done, PIECE_BYTES);
        long n = files.libc().pwrite(descriptor, address + done, piece, offset + done);
        if (n < 0) {
          if (files.errno() == EINTR) {
            continue;
          }
          throw failed("pwrite");
        }
        done += (int) n;
      }
    } finally {
      release();
    }
  }

  @Override
  public void truncate(long sizeBytes) throws IOException {
    int descriptor = acquire();
    try {
      if (files.libc().ftruncate(descriptor, sizeBytes) != 0) {
        throw failed("ftruncate");
      }
    } finally {
      release();
    }
  }

  @Override
  public void allocate(int mode, long offset, long length) throws IOException {
    int descriptor = acquire();
    try {
      while (files.libc().fallocate(descriptor, mode, offset, length) != 0) {
        if (files.errno() != EINTR) {
          throw failed("fallocate");
        }
      }
    } finally {
      release();
    }
  }

  @Override
  public long nextData(long offset) throws IOException {
    return seek(offset, SEEK_DATA);
  }

  @Override
  public long nextHole(long offset) throws IOException {
    return seek(offset, SEEK_HOLE);
  }

  private long seek(long offset, int whence) throws IOException {
    int descriptor = acquire();
    try {
      long found = files.libc().lseek(descriptor, offset, whence);
      if (found < 0) {
        if (files.errno() == ENXIO) {
          return whence == SEEK_DATA ? -1 : offset;
        }
        throw failed("lseek");
      }
      return found;
    } finally {
      release();
    }
  }

  @Override
  public void setMtime(long seconds, int nanos) throws IOException {
    int descriptor = acquire();
    long times = NativeMemory.allocate(32);
    try {
      NativeMemory.putLong(times, 0);
      NativeMemory.putLong(times + 8, UTIME_OMIT);
      NativeMemory.putLong(times + 16, seconds);
      NativeMemory.putLong(times + 24, nanos);
      if (files.libc().futimens(descriptor, times) != 0) {
        throw failed("futimens");
      }
    } finally {
      NativeMemory.free(times);
      release();
    }
  }

  @Override
  public Facts facts() throws IOException {
    int descriptor = acquire();
    long stat = NativeMemory.allocate(STAT_BYTES);
    try {
      if (files.libc().fstat(descriptor, stat) != 0) {
        throw failed("fstat");
      }
      return facts(stat);
    } finally {
      NativeMemory.free(stat);
      release();
    }
  }

  /** What a {@code struct stat} at an address says. */
  static Facts facts(long stat) {
    return new Facts(
        NativeMemory.getLong(stat + STAT_SIZE),
        NativeMemory.getLong(stat + STAT_BLOCKS) * 512,
        NativeMemory.getLong(stat + STAT_MTIME),
        (int) NativeMemory.getLong(stat + STAT_MTIME + 8));
  }

  @Override
  public void sync() throws IOException {
    int descriptor = acquire();
    try {
      if (files.libc().fdatasync(descriptor) != 0) {
        throw failed("fdatasync");
      }
    } finally {
      release();
    }
  }

  @Override
  public void close() {
    while (!closeIfIdle(true)) {
      Thread.onSpinWait();
    }
    files.forget(this);
  }
}
