package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.kernel.FuseSession;
import io.dotfs.fusefs.kernel.SessionOptions;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/** Mounts served by the kernel's protocol. */
final class KernelMounter implements Mounter {
  private static final String DEVICE = "/dev/fuse";
  private static final String SUBTYPE = "dotfs";
  private static final int MAX_READ = 1 << 20;
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(20);

  /** A session as the service of a mount. */
  private record SessionService(FuseSession session) implements ServedMount.Service {
    @Override
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
      return session.awaitEnd(timeout);
    }

    @Override
    public boolean ended() {
      return session.ended();
    }
  }

  @Override
  public MountedFileSystem mount(MountOptions options, InodeFileSystem fileSystem)
      throws MountException {
    Path directory = SafePath.resolve(options.directory());
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new MountException(
          MountException.Reason.BAD_MOUNT_POINT, "not a directory: " + directory);
    }
    int fd = openAndMount(directory, options);
    FuseSession session =
        FuseSession.start(
            fd,
            fileSystem,
            SessionOptions.of(options.source())
                .withPosixAcl(options.posixAcl())
                .withZeroTimeouts(options.zeroTimeouts()));
    try {
      session.awaitReady(READY_TIMEOUT);
      DeviceNumber device =
          MountTable.read()
              .at(directory)
              .filter(MountPoint::isDotfs)
              .orElseThrow(() -> new IOException("it was unmounted at once"))
              .device();
      FirstLook.take(directory);
      session.rootLookedAt();
      ReadAhead.set(device);
      return new ServedMount(directory, device, new SessionService(session));
    } catch (IOException e) {
      throw givenUp(directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw givenUp(directory, e);
    }
  }

  private static MountException givenUp(Path directory, Exception cause) {
    MountException failure =
        new MountException(
            MountException.Reason.FAILED,
            "cannot mount " + directory + ": " + cause.getMessage(),
            cause);
    try {
      Unmounter.unmount(directory, true);
    } catch (MountException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static int openAndMount(Path directory, MountOptions options) throws MountException {
    int fd = MountCalls.LIBC.open(DEVICE, MountCalls.O_RDWR | MountCalls.O_CLOEXEC);
    if (fd < 0) {
      int errno = MountCalls.errno();
      if (errno == Errno.EACCES || errno == Errno.EPERM) {
        return mountByHelper(directory, options);
      }
      throw Unmounter.failure("cannot open " + DEVICE, errno);
    }
    long flags =
        (options.setUserIds() ? 0 : MountCalls.MS_NOSUID)
            | (options.devices() ? 0 : MountCalls.MS_NODEV)
            | (options.readOnly() ? MountCalls.MS_RDONLY : 0);
    String data =
        "fd="
            + fd
            + ",rootmode=40000,user_id="
            + MountCalls.LIBC.geteuid()
            + ",group_id="
            + MountCalls.LIBC.getegid()
            + ",default_permissions,max_read="
            + MAX_READ
            + (options.allowOther() ? ",allow_other" : "");
    int result =
        MountCalls.LIBC.mount(
            options.source(), directory.toString(), "fuse." + SUBTYPE, flags, data);
    if (result == 0) {
      return fd;
    }
    int errno = MountCalls.errno();
    MountCalls.LIBC.close(fd);
    if (errno == Errno.EPERM) {
      return mountByHelper(directory, options);
    }
    throw Unmounter.failure("cannot mount " + directory, errno);
  }

  private static int mountByHelper(Path directory, MountOptions options) throws MountException {
    if (options.setUserIds() || options.devices()) {
      throw new MountException(
          MountException.Reason.NOT_PERMITTED,
          "only root may mount with set-id programs or devices: " + directory);
    }
    List<String> mountOptions = new ArrayList<>();
    mountOptions.add("fsname=" + options.source());
    mountOptions.add("subtype=" + SUBTYPE);
    mountOptions.add("default_permissions");
    // As with mount(2), what is below comes back when the mount goes.
    mountOptions.add("nonempty");
    mountOptions.add("max_read=" + MAX_READ);
    mountOptions.add(options.readOnly() ? "ro" : "rw");
    if (options.allowOther()) {
      mountOptions.add("allow_other");
    }
    LibfuseCalls.Libfuse libfuse = LibfuseCalls.load();
    Pointer[] arguments =
        LibfuseCalls.arguments(libfuse, SUBTYPE, "-o", String.join(",", mountOptions));
    Pointer channel;
    try {
      channel = libfuse.fuse_mount(directory.toString(), arguments[0]);
    } finally {
      Reference.reachabilityFence(arguments);
    }
    if (channel == null) {
      throw new MountException(
          MountException.Reason.NOT_PERMITTED,
          "fusermount refuses to mount "
              + directory
              + (options.allowOther()
                  ? " (allow_other needs user_allow_other in /etc/fuse.conf)"
                  : ""));
    }
    int fd = MountCalls.LIBC.fcntl(libfuse.fuse_chan_fd(channel), MountCalls.F_DUPFD_CLOEXEC, 0);
    int errno = MountCalls.errno();
    libfuse.fuse_chan_destroy(channel);
    if (fd < 0) {
      throw Unmounter.failure("cannot take over the device of " + directory, errno);
    }
    return fd;
  }
}
