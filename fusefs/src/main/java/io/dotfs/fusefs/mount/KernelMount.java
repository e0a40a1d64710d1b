package io.dotfs.fusefs.mount;

import io.dotfs.fusefs.kernel.FuseSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A mount served by a {@link FuseSession}. */
final class KernelMount implements MountedFileSystem {
  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

  private final Path directory;
  private final DeviceNumber device;
  private final FuseSession session;

  KernelMount(Path directory, DeviceNumber device, FuseSession session) {
    this.directory = directory;
    this.device = device;
    this.session = session;
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
    boolean aborted = abortConnection() || (mounted() && Unmounter.forceByRoot(directory));
    unmount(true);
    if (!aborted && !session.ended()) {
      throw new MountException(
          MountException.Reason.NOT_PERMITTED,
          "cannot end the connection of " + directory + " (is " + CONNECTIONS + " mounted?)");
    }
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    session.awaitEnd();
  }

  @Override
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return session.awaitEnd(timeout);
  }

  @Override
  public boolean ended() {
    return session.ended();
  }

  @Override
  public String toString() {
    return directory + " (" + device + ")";
  }

  /** Another mount may have taken the place of ours. */
  private boolean mounted() throws MountException {
    if (session.ended()) {
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
