package io.dotfs.fusefs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresFuse
@Timeout(300)
class DeadServerTest {
  private static ChildProcess server(Path directory, String source) throws Exception {
    return ChildProcess.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ServeMemory.class.getName(),
            directory.toString(),
            source));
  }

  @Test
  void theMountOfAKilledServerIsDetachedByItsSuccessor() throws Exception {
    Path directory = Files.createTempDirectory("dotfs-dead-");
    String source = "dotfs-dead-" + ProcessHandle.current().pid();
    try (ChildProcess server = server(directory, source + "/x")) {
      ChildProcess.run("until grep -q \" $1 fuse.dotfs \" /proc/mounts; do :; done", directory);
      ChildProcess.run("cd \"$1\" && echo 1 > a && cat a", directory);
      server.process().destroyForcibly().waitFor();
      assertThat(ChildProcess.run("LC_ALL=C ls \"$1\" 2>&1 || true", directory))
          .contains("Transport endpoint is not connected");
      assertThatThrownBy(() -> SafePath.resolve(directory)).isInstanceOf(MountException.class);
      assertThat(Unmounter.detachStale(source + "/")).hasSize(1);
      assertThat(ChildProcess.run("ls -A \"$1\"", directory)).isEmpty();
      assertThat(Unmounter.detachStale(source + "/")).isEmpty();
      try (MountCloser next = new MountCloser(directory, source)) {
        assertThat(ChildProcess.run("ls -A \"$1\"", directory)).isEmpty();
      }
    } finally {
      Unmounter.detachStale(source);
      Files.delete(directory);
    }
  }

  /** Mounts where the dead server was. */
  private static final class MountCloser implements AutoCloseable {
    private final MountedFileSystem mount;

    MountCloser(Path directory, String source) throws MountException {
      mount = Mounter.kernel().mount(MountOptions.of(directory, source), new MemoryFileSystem());
    }

    @Override
    public void close() throws Exception {
      mount.unmount(true);
      mount.awaitEnd();
    }
  }

  @Test
  void aSecondPlaceSharesInodesAndOutlivesTheFirst() throws Exception {
    Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    Path second = Files.createTempDirectory("dotfs-second-");
    try (TestMount mount = TestMount.of(new MemoryFileSystem())) {
      ChildProcess.run("echo one > \"$1\"", mount.resolve("f"));
      Binding.bind(mount.directory(), second, true);
      try {
        assertThat(ChildProcess.run("cat \"$1\"", second.resolve("f"))).isEqualTo("one\n");
        assertThat(
                ChildProcess.run(
                    "test \"$1\" -ef \"$2\" && LC_ALL=C touch \"$2\" 2>&1 || true",
                    mount.resolve("f"),
                    second.resolve("f")))
            .contains("Read-only file system");
        assertThat(MountTable.read().ofDevice(mount.mount().device())).hasSize(2);
        mount.mount().unmount(false);
        assertThat(mount.mount().ended()).isFalse();
        assertThat(ChildProcess.run("cat \"$1\"", second.resolve("f"))).isEqualTo("one\n");
      } finally {
        Binding.unbind(second);
      }
    } finally {
      Files.delete(second);
    }
    assertThatThrownBy(() -> Unmounter.unmount(second, false)).isInstanceOf(MountException.class);
  }
}
