package io.dotfs.fusefs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A mount on this host, whoever serves it within this process. */
public final class ServedMount implements MountedFileSystem {
  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

  private static final Duration FOREVER = Duration.ofDays(1);

  private final Path directory;
  private final DeviceNumber device;
  private final Service service;

  /** What answers the requests of a mount. */
  public interface Service {
    /** Waits for its end; returns false if the time has passed. */
    boolean awaitEnd(Duration timeout) throws InterruptedException;

    /** True once the mount is gone and the file system has been told. */
    boolean ended();
  }

  /**
   * @param directory without symbolic links
   */
  public ServedMount(Path directory, DeviceNumber device, Service service) {
    this.directory = directory;
    this.device = device;
    this.service = service;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public DeviceNumber device() {
    return device;
  }

  @Override
  public void unmount(boolean lazy) throws MountException {
    if (mounted()) {
      Unmounter.unmount(directory, lazy);
    }
  }

  @Override
  public void abort() throws MountException {
    if (ended()) {
      return;
    }
    boolean aborted = abortConnection() || (mounted() && Unmounter.forceByRoot(directory));
    unmount(true);
    if (!aborted && !service.ended()) {
      throw new MountException(
          MountException.Reason.NOT_PERMITTED,
          "cannot end the connection of " + directory + " (is " + CONNECTIONS + " mounted?)");
    }
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    boolean ended = false;
    while (!ended) {
      ended = service.awaitEnd(FOREVER);
    }
  }

  @Override
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return service.awaitEnd(timeout);
  }

  @Override
  public boolean ended() {
    return service.ended();
  }

  @Override
  public String toString() {
    return directory + " (" + device + ")";
  }

  /** Another mount may have taken the place of ours. */
  private boolean mounted() throws MountException {
    if (service.ended()) {
      return false;
    }
    try {
      return MountTable.read()
          .at(directory)
          .filter(mount -> mount.device().equals(device))
          .isPresent();
    } catch (IOException e) {
      throw new MountException(MountException.Reason.FAILED, "cannot list mounts", e);
    }
  }

  /** The mounting user may do this; it needs fusectl, which is mounted nearly everywhere. */
  private boolean abortConnection() {
    Path abort = CONNECTIONS.resolve(Integer.toString(device.minor())).resolve("abort");
    try {
      Files.write(abort, new byte[] {'1'}, StandardOpenOption.WRITE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
