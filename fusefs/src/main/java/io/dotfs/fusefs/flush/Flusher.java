package io.dotfs.fusefs.flush;

import io.dotfs.fusefs.mount.DeviceNumber;
import java.time.Duration;
import java.util.Collection;

/**
 * Writes back dirty pages of shared file mappings ({@code mmap} with MAP_SHARED) on mounts of ours.
 * Thread safe; one flush runs at a time, others wait for it.
 */
public interface Flusher extends AutoCloseable {
  /**
   * Finds every shared mapping of a file on {@code devices}, in all processes that this user may
   * see, and waits until what was stored in it before this call has reached the file system.
   *
   * <p>Never call it from a thread that serves a mount, nor while the gate is closed: the pages
   * arrive as ordinary writes.
   *
   * @param timeout bound of the whole, waiting for another flush included
   */
  FlushReport flush(Collection<DeviceNumber> devices, Duration timeout) throws InterruptedException;

  /** Ends the child process. */
  @Override
  void close();

  /**
   * Starts the child process, with the class path of this one. It runs until {@link #close} or the
   * end of this process, and is started again after a timeout.
   */
  static Flusher start() {
    return new ChildFlusher();
  }
}
