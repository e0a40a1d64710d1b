package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.vfs.InodeFileSystem;

/** Mounts served by the kernel's protocol. */
final class KernelMounter implements Mounter {
  @Override
  public MountedFileSystem mount(MountOptions options, InodeFileSystem fileSystem)
      throws MountException {
    throw new MountException(MountException.Reason.UNSUPPORTED, "not served yet");
  }
}
