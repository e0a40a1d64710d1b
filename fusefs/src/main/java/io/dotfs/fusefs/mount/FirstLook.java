package io.dotfs.fusefs.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first look at a new mount. Until somebody has asked for its attributes, the kernel takes the
 * root of a FUSE mount for a directory of root's without any permissions, and refuses an ordinary
 * user's {@code chmod} of it by that. A process of its own looks, since a server that waited on its
 * own mount would never wake up again.
 */
public final class FirstLook {
  private static final Logger LOG = LoggerFactory.getLogger(FirstLook.class);
  private static final long LIMIT_SECONDS = 10;

  private FirstLook() {}

  /**
   * Has {@code directory} looked at, and waits for it. A look that fails is logged: the mount works
   * without, as far as the kernel lets it.
   *
   * @param directory a mount that is being served
   */
  public static void take(Path directory) {
    try {
      Process look =
          new ProcessBuilder("test", "-d", directory.toString())
              .directory(Path.of("/").toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      look.getOutputStream().close();
      if (!look.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        look.destroyForcibly();
        LOG.warn("the first look at {} takes longer than {} s", directory, LIMIT_SECONDS);
      } else if (look.exitValue() != 0) {
        LOG.warn("the first look at {} fails", directory);
      }
    } catch (IOException e) {
      LOG.warn("nobody takes a first look at {}", directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
