package io.dotfs.fusefs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the answer to INIT does not put the kernel's own read-ahead back. */
@RequiresFuse
@Timeout(300)
class ReadAheadTest {
  @Test
  void whereItMayBeSetTheKernelReadsAheadByWholeRequests() throws Exception {
    try (TestMount mount = TestMount.of(new MemoryFileSystem())) {
      Path file = Path.of("/sys/class/bdi", mount.mount().device().toString(), "read_ahead_kb");
      assumeTrue(Files.isWritable(file), "only root sets it");
      assertThat(Files.readString(file).strip()).isEqualTo(Integer.toString(ReadAhead.KIB));
    }
  }
}
