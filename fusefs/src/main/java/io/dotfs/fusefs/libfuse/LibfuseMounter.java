package io.dotfs.fusefs.libfuse;

import io.dotfs.fusefs.mount.DeviceNumber;
import io.dotfs.fusefs.mount.FirstLook;
import io.dotfs.fusefs.mount.MountException;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.MountPoint;
import io.dotfs.fusefs.mount.MountTable;
import io.dotfs.fusefs.mount.MountedFileSystem;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.mount.SafePath;
import io.dotfs.fusefs.mount.ServedMount;
import io.dotfs.fusefs.mount.Unmounter;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ru.serce.jnrfuse.FuseException;

/** Mounts and serves through libfuse 2; see the package for what that leaves out. */
public final class LibfuseMounter implements Mounter {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(20);

  /** libfuse's loop, run by one thread of ours until the unmount. */
  private static final class Loop implements ServedMount.Service {
    private final PathFileSystem fileSystem;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile String failure = "";

    Loop(PathFileSystem fileSystem) {
      this.fileSystem = fileSystem;
    }

    void run(Path directory, List<String> options) {
      try {
        fileSystem.mount(directory, true, false, options.toArray(String[]::new));
      } catch (FuseException e) {
        failure = String.valueOf(e.getMessage());
      } finally {
        fileSystem.end();
        end.countDown();
      }
    }

    @Override
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
      return end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean ended() {
      return end.getCount() == 0;
    }
  }

  @Override
  public MountedFileSystem mount(MountOptions options, InodeFileSystem fileSystem)
      throws MountException {
    Path directory = SafePath.resolve(options.directory());
    Loop loop;
    try {
      loop = new Loop(new PathFileSystem(fileSystem));
    } catch (UnsatisfiedLinkError e) {
      throw new MountException(
          MountException.Reason.UNSUPPORTED, "libfuse 2 is not installed (package libfuse2)", e);
    }
    Thread thread =
        new Thread(() -> loop.run(directory, arguments(options)), options.source() + "-libfuse");
    thread.setDaemon(true);
    thread.start();
    try {
      if (!loop.fileSystem.awaitReady(loop, READY_TIMEOUT)) {
        throw new MountException(
            MountException.Reason.FAILED,
            "libfuse cannot mount " + directory + ": " + loop.failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Unmounter.unmount(directory, true);
      throw new MountException(
          MountException.Reason.FAILED, "interrupted while mounting " + directory, e);
    }
    DeviceNumber device = device(directory);
    FirstLook.take(directory);
    return new ServedMount(directory, device, loop);
  }

  private static DeviceNumber device(Path directory) throws MountException {
    try {
      return MountTable.read()
          .at(directory)
          .map(MountPoint::device)
          .orElseThrow(
              () ->
                  new MountException(
                      MountException.Reason.FAILED, directory + " was unmounted at once"));
    } catch (MountException e) {
      throw e;
    } catch (IOException e) {
      throw new MountException(MountException.Reason.FAILED, "cannot list mounts", e);
    }
  }

  private static List<String> arguments(MountOptions options) {
    List<String> words = new ArrayList<>();
    words.add("fsname=" + options.source());
    words.add("subtype=dotfs");
    words.add("nonempty");
    words.add("default_permissions");
    words.add("use_ino");
    words.add("big_writes");
    words.add("entry_timeout=0");
    words.add("attr_timeout=0");
    words.add("negative_timeout=0");
    words.add(options.readOnly() ? "ro" : "rw");
    if (options.allowOther()) {
      words.add("allow_other");
    }
    if (options.setUserIds()) {
      words.add("suid");
    }
    if (options.devices()) {
      words.add("dev");
    }
    return List.of("-o", String.join(",", words));
  }
}
