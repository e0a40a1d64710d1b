package io.dotfs.fusefs.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.RequestContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How many requests the kernel makes of one write(2), which is where a commit may cut it in two
 * (docs/posix.md). The checkers of commits in native-tests rely on what is here.
 */
@RequiresFuse
@Timeout(300)
class WriteRequestsTest {
  private static final long PAGE = NativeBuffer.PAGE;

  /** What fills a file before the write that is looked at. */
  private static final Write FILLING = new Write(0, 1 << 16);

  private record Write(long offset, int bytes) {}

  private static final class Recording extends MemoryFileSystem {
    final List<Write> writes = new CopyOnWriteArrayList<>();

    @Override
    public synchronized int write(
        RequestContext context,
        long nodeId,
        long handle,
        long offset,
        int size,
        long address,
        boolean killSuidGid)
        throws FileSystemException {
      writes.add(new Write(offset, size));
      return super.write(context, nodeId, handle, offset, size, address, killSuidGid);
    }
  }

  /** The requests of one write of {@code bytes} at {@code offset} of a file. */
  private static List<Write> requests(String before, long offset, int bytes) throws Exception {
    Recording fileSystem = new Recording();
    try (TestMount mount = TestMount.of(fileSystem)) {
      // Two descriptors, each with its own offset; an open later on would drop the cached pages.
      ChildProcess.run(
          "exec 3>\"$1\" 4>\"$1\"; eval \"$2\" >&3;"
              + " dd if=/dev/zero bs=\"$3\" count=1 seek=\"$4\" oflag=seek_bytes conv=notrunc status=none >&4",
          mount.resolve("file"),
          before,
          bytes,
          offset);
    }
    return fileSystem.writes.stream().dropWhile(write -> write.equals(FILLING)).toList();
  }

  @Test
  void aWriteFromTheBeginningOfAPageIsOneRequest() throws Exception {
    assertThat(requests("", PAGE, 300_001)).containsExactly(new Write(PAGE, 300_001));
    assertThat(requests("", 0, 1 << 20)).containsExactly(new Write(0, 1 << 20));
  }

  @Test
  void aWriteFromInsideAPageThatIsNotCachedIsTwoRequests() throws Exception {
    assertThat(requests("", 100, 300_000))
        .containsExactly(
            new Write(100, (int) PAGE - 100), new Write(PAGE, 300_000 - (int) PAGE + 100));
    assertThat(requests("", 100, (int) PAGE - 100)).hasSize(1);
  }

  @Test
  void aWriteFromInsideAPageThatIsCachedIsOneRequest() throws Exception {
    assertThat(
            requests(
                "dd if=/dev/zero bs=" + FILLING.bytes() + " count=1 status=none", 100, 300_000))
        .containsExactly(new Write(100, 300_000));
  }
}
