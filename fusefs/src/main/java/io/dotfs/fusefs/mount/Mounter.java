package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.vfs.InodeFileSystem;

/** Mounts a file system and starts to serve it. Thread safe. */
public interface Mounter {
  /**
   * Mounts and serves {@code fileSystem} until it is unmounted. On return the kernel has accepted
   * the mount, {@link InodeFileSystem#mounted} has been called, and other processes may use it.
   *
   * @throws MountException if it could not be mounted; {@code fileSystem} has then not been called,
   *     or has been told {@link InodeFileSystem#unmounted}
   */
  MountedFileSystem mount(MountOptions options, InodeFileSystem fileSystem) throws MountException;

  /**
   * The kernel's protocol spoken by this process; mounts with mount(2) where permitted (root), else
   * through libfuse's set-uid helper.
   */
  static Mounter kernel() {
    return new KernelMounter();
  }
}
