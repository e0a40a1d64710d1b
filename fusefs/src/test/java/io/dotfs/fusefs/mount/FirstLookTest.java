package io.dotfs.fusefs.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.kernel.MemoryFileSystem;
import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import io.dotfs.fusefs.testing.TestMount;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.KernelCache;
import io.dotfs.fusefs.vfs.RequestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an ordinary user meets who is the first to use a new mount. */
@RequiresFuse
@Timeout(300)
class FirstLookTest {
  private static final boolean ROOT = System.getProperty("user.name").equals("root");
  private static final String AS_USER =
      ROOT ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";

  /** The owner of the root directory is the user who uses the mount. */
  private static class UsersFileSystem extends MemoryFileSystem {
    private final int owner;

    UsersFileSystem() throws Exception {
      owner = ROOT ? 65534 : (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    @Override
    public long getattr(RequestContext context, long nodeId, InodeAttributes reply)
        throws FileSystemException {
      long validNanos = super.getattr(context, nodeId, reply);
      reply.uid = owner;
      return validNanos;
    }
  }

  /** Each answer about the root is out of date when it leaves: the kernel throws it away. */
  private static final class RestlessFileSystem extends UsersFileSystem {
    private volatile Optional<KernelCache> kernel = Optional.empty();

    RestlessFileSystem() throws Exception {}

    @Override
    public void mounted(KernelCache cache) {
      super.mounted(cache);
      kernel = Optional.of(cache);
    }

    @Override
    public long getattr(RequestContext context, long nodeId, InodeAttributes reply)
        throws FileSystemException {
      long validNanos = super.getattr(context, nodeId, reply);
      if (nodeId == 1) {
        try {
          // Dropping attributes alone waits for nobody, so a handler may wait for it.
          kernel.orElseThrow().invalidateInode(nodeId, -1, 0);
          kernel.orElseThrow().awaitDelivery();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return validNanos;
    }
  }

  @Test
  void theFirstRequestIsNotRefusedForAttributesThatTheKernelDoesNotHaveYet() throws Exception {
    try (TestMount mount =
        new TestMount(Mounter.kernel(), new RestlessFileSystem(), o -> o.withAllowOther(ROOT))) {
      String output =
          ChildProcess.run(
              AS_USER + "sh -c 'echo on > \"$1/first\" && cat \"$1/first\"' sh \"$1\"",
              mount.directory());
      assertThat(output).isEqualTo("on\n");
    }
  }

  @Test
  void theOwnerMayChangeTheModeOfTheRootBeforeAnythingElse() throws Exception {
    try (TestMount mount =
        new TestMount(Mounter.kernel(), new UsersFileSystem(), o -> o.withAllowOther(ROOT))) {
      ChildProcess.run(
          AS_USER + "perl -e 'chmod(0750, $ARGV[0]) or die \"$!\"' \"$1\"", mount.directory());
    }
  }
}
