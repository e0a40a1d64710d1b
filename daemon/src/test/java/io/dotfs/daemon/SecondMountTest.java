package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.Owner;
import io.dotfs.fusefs.mount.MountOptions;
import io.dotfs.fusefs.mount.Mounter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A second file system over one subdot, which the kernel cannot keep coherent with the first. */
@Timeout(300)
class SecondMountTest {
  private static MountRequest as(String name, Path directory, int uid) {
    return new MountRequest(
        name,
        directory.toString(),
        Optional.empty(),
        false,
        true,
        Optional.of(new Owner(uid, uid)),
        false,
        false,
        false);
  }

  @Test
  void keepsNothingInTheKernel() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount(), "needs root and /dev/fuse");
    List<MountOptions> asked = new CopyOnWriteArrayList<>();
    Mounter recording =
        (options, fileSystem) -> {
          asked.add(options);
          return Mounter.kernel().mount(options, fileSystem);
        };
    try (TestDaemon daemon = TestDaemon.start(recording)) {
      Path first = daemon.mount("app.db");
      Path second = daemon.directory("second");
      daemon.client.mount(as("app.db", second, 1000));
      daemon.client.mount(as("app.cache", daemon.directory("cache"), 1000));
      daemon.client.mount(TestDaemon.mountRequest("app.db", daemon.directory("bound")));
      assertThat(asked)
          .as("db, db shown as another owner's, and cache; the last is bound to the first")
          .extracting(MountOptions::zeroTimeouts)
          .containsExactly(false, true, false);
      Shell.run(
          "echo 1 > " + first + "/f; cat " + second + "/f; mv " + first + "/f " + first + "/g");
      assertThat(Shell.run("ls " + second).strip()).isEqualTo("g");
    }
  }
}
