package io.dotfs.fusefs.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import io.dotfs.fusefs.mount.DeviceNumber;
import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresFuse
@Timeout(300)
class FlusherTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Holds each WRITE back, as a loaded server would: a flush that does not wait is found out. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // waits without the lock
  private static final class LateFileSystem extends MemoryFileSystem {
    final CountDownLatch never = new CountDownLatch(1);
    volatile long delayMillis = 300;

    @Override
    public int write(
        RequestContext context,
        long nodeId,
        long handle,
        long offset,
        int size,
        long address,
        boolean killSuidGid)
        throws FileSystemException {
      context.aboutToBlock();
      try {
        if (never.await(delayMillis, TimeUnit.MILLISECONDS)) {
          delayMillis = 0;
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.write(context, nodeId, handle, offset, size, address, killSuidGid);
    }
  }

  private static ChildProcess mapAndStore(Path programs, Path file) throws Exception {
    assumeTrue(ChildProcess.compilerPresent(), "no C compiler");
    Path program = ChildProcess.compile(FlusherTest.class, "mapping.c", programs);
    return ChildProcess.start(List.of(program.toString(), file.toString()));
  }

  private static void awaitFile(Path file) throws Exception {
    ChildProcess.run("until [ -e \"$1\" ]; do :; done", file);
  }

  @Test
  void storesThroughAMappingArriveBeforeItReturns(@TempDir Path programs) throws Exception {
    LateFileSystem fileSystem = new LateFileSystem();
    try (TestMount mount = TestMount.of(fileSystem);
        Flusher flusher = Flusher.start();
        ChildProcess child = mapAndStore(programs, mount.resolve("f"))) {
      awaitFile(mount.resolve("f.stored"));
      assertThat(fileSystem.content("f")).startsWith("\0\0").doesNotContain("stored");
      FlushReport report = flusher.flush(List.of(mount.mount().device()), LIMIT);
      assertThat(report.errors()).isEmpty();
      assertThat(report.outcome()).isEqualTo(FlushReport.Outcome.COMPLETE);
      assertThat(report.filesFlushed()).isEqualTo(1);
      assertThat(fileSystem.content("f").substring(5000)).startsWith("stored");
      assertThat(child.process().isAlive()).isTrue();
    }
  }

  @Test
  void aFlushThatTakesTooLongIsGivenUpAndTheNextOneWorks(@TempDir Path programs) throws Exception {
    LateFileSystem fileSystem = new LateFileSystem();
    fileSystem.delayMillis = TimeUnit.MINUTES.toMillis(1);
    try (TestMount mount = TestMount.of(fileSystem);
        Flusher flusher = Flusher.start();
        ChildProcess child = mapAndStore(programs, mount.resolve("f"))) {
      awaitFile(mount.resolve("f.stored"));
      List<DeviceNumber> devices = List.of(mount.mount().device());
      FlushReport late = flusher.flush(devices, Duration.ofMillis(1500));
      assertThat(late.outcome()).isEqualTo(FlushReport.Outcome.TIMED_OUT);
      fileSystem.never.countDown();
      FlushReport report = flusher.flush(devices, LIMIT);
      assertThat(report.outcome()).isEqualTo(FlushReport.Outcome.COMPLETE);
      assertThat(fileSystem.content("f").substring(5000)).startsWith("stored");
      assertThat(child.process().isAlive()).isTrue();
    }
  }

  @Test
  void otherDevicesAreLeftAlone() throws Exception {
    try (Flusher flusher = Flusher.start()) {
      FlushReport report = flusher.flush(List.of(new DeviceNumber(0, 1_000_000)), LIMIT);
      assertThat(report.outcome()).isEqualTo(FlushReport.Outcome.COMPLETE);
      assertThat(report.filesFlushed()).isZero();
    }
  }

  @Test
  void aClosedFlusherSaysSo() throws Exception {
    Flusher flusher = Flusher.start();
    flusher.close();
    assertThat(flusher.flush(List.of(), LIMIT).outcome()).isEqualTo(FlushReport.Outcome.FAILED);
  }
}
