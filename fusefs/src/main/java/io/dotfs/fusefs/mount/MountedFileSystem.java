package io.dotfs.fusefs.mount;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A mount that this process serves. Thread safe. The serving threads are daemon threads: the
 * process may end while it is mounted, and users then see ENOTCONN until the mount is detached.
 */
public interface MountedFileSystem {
  /** The mount point, with symbolic links resolved. */
  Path directory();

  /** {@code st_dev} of everything on the mount, from {@code /proc/self/mountinfo}. */
  DeviceNumber device();

  /**
   * Takes the mount out of the tree of names.
   *
   * @param lazy detach at once even if it is in use; it is then served until the last user is gone.
   *     Otherwise a mount in use is {@link MountException.Reason#BUSY}
   * @throws MountException if it is busy or may not be unmounted. A mount that is not there any
   *     more is not an error
   */
  void unmount(boolean lazy) throws MountException;

  /**
   * Detaches the mount and ends its connection: requests in flight and all later ones on open files
   * fail with ENOTCONN or EIO. For the way out when users do not let go.
   */
  void abort() throws MountException;

  /** Waits until the kernel has let go of the mount and the file system was told so. */
  void awaitEnd() throws InterruptedException;

  /** Like {@link #awaitEnd()}; returns false if the time has passed. */
  boolean awaitEnd(Duration timeout) throws InterruptedException;

  /** True once {@link #awaitEnd()} would return at once. */
  boolean ended();
}
