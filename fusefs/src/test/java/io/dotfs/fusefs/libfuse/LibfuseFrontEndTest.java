package io.dotfs.fusefs.libfuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import io.dotfs.fusefs.mount.MountException;
import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresFuse
@Timeout(300)
class LibfuseFrontEndTest {
  private static TestMount mount(MemoryFileSystem fileSystem) throws Exception {
    try {
      return new TestMount(new LibfuseMounter(), fileSystem, options -> options);
    } catch (MountException e) {
      assumeTrue(e.reason() != MountException.Reason.UNSUPPORTED, e.getMessage());
      throw e;
    }
  }

  @Test
  void servesOrdinaryWork() throws Exception {
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    try (TestMount mount = mount(fileSystem)) {
      String output =
          ChildProcess.run(
              """
              set -e; cd "$1"; export LC_ALL=C
              printf hello > a; cat a; echo
              mkdir d; mv a d/b; cat d/b; echo
              truncate -s 2 d/b; cat d/b; echo; stat -c %s d/b
              ln -s d/b l; readlink l; ln d/b h; stat -c %h h
              chmod 640 h; stat -c %a d/b
              touch -d @1234567890.123456789 h; stat -c %.9Y h
              for i in 1 2 3 4 5; do echo $i > d/f$i; done; ls d | tr '\\n' ' '; echo
              cat none 2>&1 || true
              dd if=/dev/zero of=z bs=1M count=3 status=none; cmp -n 3145728 z /dev/zero; stat -c %s z
              df --output=size . | tail -1
              rm -r d l z; ls
              (rm h; cat; stat -c %h /dev/stdin) < h
              """,
              mount.directory());
      assertThat(output.lines().map(String::strip))
          .containsExactly(
              "hello",
              "hello",
              "he",
              "2",
              "d/b",
              "2",
              "640",
              "1234567890.123456789",
              "b f1 f2 f3 f4 f5",
              "cat: none: No such file or directory",
              "3145728",
              "4194304",
              "h",
              "he1");
      assertThat(fileSystem.await(Duration.ofSeconds(60), () -> fileSystem.nodeCount() == 1))
          .as("look-ups and handles are given back")
          .isTrue();
      assertThat(fileSystem.lookupsHeld()).isZero();
      assertThat(fileSystem.handlesHeld()).isZero();
    }
    assertThat(fileSystem.unmountedLatch().await(60, TimeUnit.SECONDS)).isTrue();
  }
}
