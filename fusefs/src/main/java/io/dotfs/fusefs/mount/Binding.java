package io.dotfs.fusefs.mount;

import java.nio.file.Path;

/**
 * A second place for a mounted subdot: a bind mount, so that both places share inodes, locks and
 * mapped pages. Needs root.
 */
public final class Binding {
  private Binding() {}

  /**
   * Shows what is mounted at {@code source} at {@code target} as well.
   *
   * @param source a mount point; the file system behind it is asked nothing
   * @param target an existing directory on another file system than {@code source}'s
   * @param readOnly refuse changes through {@code target}
   * @throws MountException {@link MountException.Reason#NOT_PERMITTED} for an ordinary user
   */
  public static void bind(Path source, Path target, boolean readOnly) throws MountException {
    String what = "cannot bind " + source + " to " + target;
    MountCalls.Libc libc = MountCalls.LIBC;
    if (libc.mount(source.toString(), target.toString(), null, MountCalls.MS_BIND, null) != 0) {
      throw Unmounter.failure(what, MountCalls.errno());
    }
    if (readOnly) {
      // Binding ignores other flags (mount(2)); the kernel keeps nosuid and nodev only if told so.
      long flags =
          MountCalls.MS_BIND
              | MountCalls.MS_REMOUNT
              | MountCalls.MS_RDONLY
              | MountCalls.MS_NOSUID
              | MountCalls.MS_NODEV;
      if (libc.mount(null, target.toString(), null, flags, null) != 0) {
        int errno = MountCalls.errno();
        Unmounter.unmount(target, true);
        throw Unmounter.failure(what, errno);
      }
    }
  }

  /** Takes a bind mount away at once, even if it is in use; the file system itself stays. */
  public static void unbind(Path target) throws MountException {
    Unmounter.unmount(target, true);
  }
}
