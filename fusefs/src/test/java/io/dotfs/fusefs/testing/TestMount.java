package io.dotfs.fusefs.testing;

import io.dotfs.fusefs.mount.MountException;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.MountedFileSystem;
import io.dotfs.fusefs.mount.Mounter;
import io.dotfs.fusefs.vfs.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A mount in a directory of its own, which goes away on {@link #close} whatever happened. */
public final class TestMount implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final MountedFileSystem mount;

  public TestMount(Mounter mounter, InodeFileSystem fileSystem, UnaryOperator<MountOptions> with)
      throws IOException {
    directory = Files.createTempDirectory("dotfs-mount-");
    try {
      mount = mounter.mount(with.apply(MountOptions.of(directory, "dotfs-test")), fileSystem);
    } catch (MountException e) {
      Files.delete(directory);
      throw e;
    }
  }

  public static TestMount of(InodeFileSystem fileSystem) throws IOException {
    return new TestMount(Mounter.kernel(), fileSystem, UnaryOperator.identity());
  }

  public Path directory() {
    return directory;
  }

  public Path resolve(String name) {
    return directory.resolve(name);
  }

  public MountedFileSystem mount() {
    return mount;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    mount.unmount(true);
    if (!mount.awaitEnd(LIMIT)) {
      mount.abort();
      if (!mount.awaitEnd(LIMIT)) {
        throw new AssertionError("still mounted: " + mount);
      }
    }
    Files.delete(directory);
  }
}
