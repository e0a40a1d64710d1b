package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.vfs.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Taking mounts away, as root with umount2(2), else through the set-uid fusermount. Neither asks
 * the file system anything, so a dead server is no obstacle.
 */
public final class Unmounter {
  private static final int HELPER_SECONDS = 20;

  private Unmounter() {}

  /**
   * Unmounts the topmost mount on {@code directory}. With {@code lazy} it is detached from the tree
   * of names at once, and ends when its last user is gone.
   *
   * @throws MountException {@link MountException.Reason#BUSY} if it is in use and not {@code lazy};
   *     {@link MountException.Reason#BAD_MOUNT_POINT} if nothing is mounted there
   */
  public static void unmount(Path directory, boolean lazy) throws MountException {
    int flags = MountCalls.UMOUNT_NOFOLLOW | (lazy ? MountCalls.MNT_DETACH : 0);
    if (MountCalls.LIBC.umount2(directory.toString(), flags) == 0) {
      return;
    }
    int errno = MountCalls.errno();
    if (errno == Errno.EPERM) {
      unmountByHelper(directory, lazy);
      return;
    }
    throw failure("cannot unmount " + directory, errno);
  }

  /**
   * Detaches the mounts of dead servers: those of ours whose source starts with {@code
   * sourcePrefix}, bind mounts of them included, innermost first. The caller holds the lock of the
   * home that the prefix names, so none of them can have a living server.
   *
   * @return what was detached
   * @throws MountException if one of them stays; the others are detached nevertheless
   */
  public static List<MountPoint> detachStale(String sourcePrefix)
      throws MountException, IOException {
    List<MountPoint> detached = new ArrayList<>();
    List<MountException> failures = new ArrayList<>();
    List<MountPoint> stale = MountTable.read().dotfsMounts(sourcePrefix);
    for (int i = stale.size() - 1; i >= 0; i--) {
      try {
        unmount(stale.get(i).directory(), true);
        detached.add(stale.get(i));
      } catch (MountException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      MountException first = failures.remove(0);
      failures.forEach(first::addSuppressed);
      throw first;
    }
    return detached;
  }

  /** Detaches {@code directory} and makes its connection fail whatever is in flight. Root only. */
  static boolean forceByRoot(Path directory) {
    return MountCalls.LIBC.umount2(
            directory.toString(),
            MountCalls.UMOUNT_NOFOLLOW | MountCalls.MNT_FORCE | MountCalls.MNT_DETACH)
        == 0;
  }

  static MountException failure(String what, int errno) {
    MountException.Reason reason =
        switch (errno) {
          case Errno.EPERM, Errno.EACCES -> MountException.Reason.NOT_PERMITTED;
          case Errno.ENOENT, Errno.ENOTDIR, Errno.EINVAL, Errno.ELOOP ->
              MountException.Reason.BAD_MOUNT_POINT;
          case Errno.ENODEV, Errno.ENXIO -> MountException.Reason.UNSUPPORTED;
          case Errno.EBUSY -> MountException.Reason.BUSY;
          default -> MountException.Reason.FAILED;
        };
    return new MountException(reason, what + ": " + MountCalls.LIBC.strerror(errno));
  }

  private static void unmountByHelper(Path directory, boolean lazy) throws MountException {
    List<String> command = new ArrayList<>(List.of("fusermount", "-u"));
    if (lazy) {
      command.add("-z");
    }
    command.add("--");
    command.add(directory.toString());
    String output;
    try {
      Process helper =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .start();
      helper.getOutputStream().close();
      try (InputStream stdout = helper.getInputStream()) {
        output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      if (!helper.waitFor(HELPER_SECONDS, TimeUnit.SECONDS)) {
        helper.destroyForcibly();
        throw new MountException(
            MountException.Reason.FAILED, "fusermount -u " + directory + " does not end");
      }
      if (helper.exitValue() == 0) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MountException(
          MountException.Reason.FAILED, "interrupted while unmounting " + directory, e);
    } catch (MountException e) {
      throw e;
    } catch (IOException e) {
      throw new MountException(
          MountException.Reason.UNSUPPORTED, "cannot run fusermount (package fuse3)", e);
    }
    MountException.Reason reason = MountException.Reason.NOT_PERMITTED;
    if (output.contains("busy")) {
      reason = MountException.Reason.BUSY;
    } else if (output.contains("not found") || output.contains("not mounted")) {
      reason = MountException.Reason.BAD_MOUNT_POINT;
    }
    throw new MountException(reason, output.isEmpty() ? "fusermount -u failed" : output);
  }
}
