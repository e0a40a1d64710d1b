package io.dotfs.objectstore.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Positional reads of one file, opened when first used. An interrupt closes a {@link FileChannel}
 * for everybody; this one is opened again, the read completes, and the thread stays interrupted.
 * Any number of threads may use it.
 */
final class PackChannel implements Closeable {
  private final Path file;

  @GuardedBy("this")
  private Optional<FileChannel> channel = Optional.empty();

  @GuardedBy("this")
  private boolean closed;

  PackChannel(Path file) {
    this.file = file;
  }

  private synchronized FileChannel channel() throws IOException {
    if (closed) {
      throw new IOException("the store is closed");
    }
    if (channel.isEmpty() || !channel.get().isOpen()) {
      channel = Optional.of(FileChannel.open(file, StandardOpenOption.READ));
    }
    return channel.get();
  }

  /**
   * Reads into {@code target} until it is full or the file ends; a file that is gone has no bytes.
   *
   * @return how many bytes were read
   */
  int read(long offset, ByteBuffer target) throws StorageException {
    int start = target.position();
    boolean interrupted = false;
    try {
      while (target.hasRemaining()) {
        try {
          if (channel().read(target, offset + target.position() - start) < 0) {
            break;
          }
        } catch (ClosedChannelException e) {
          // By an interrupt of this thread, or of another one that was reading.
          interrupted |= Thread.interrupted();
        }
      }
      return target.position() - start;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw StorageException.of("cannot read " + file, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Length of the file now; 0 if it is gone. */
  long sizeBytes() throws StorageException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw StorageException.of("cannot read " + file, e);
    }
  }

  /** Closes the file until it is read again, if it is there then. */
  synchronized void release() throws IOException {
    if (channel.isPresent()) {
      channel.get().close();
      channel = Optional.empty();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (channel.isPresent()) {
      channel.get().close();
    }
  }
}
