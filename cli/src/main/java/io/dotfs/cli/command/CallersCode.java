package io.dotfs.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The source code that the caller stands in. */
final class CallersCode {
  private static final long TIMEOUT_SECONDS = 5;

  private CallersCode() {}

  /** Returns the id of git's HEAD in a directory; empty where there is no git or no commit. */
  static Optional<String> commit(Path directory) {
    Process git;
    try {
      git =
          new ProcessBuilder(
                  "git", "-C", directory.toString(), "rev-parse", "--verify", "--quiet", "HEAD")
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Optional.empty(); // no git here
    }
    try {
      if (!git.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || git.exitValue() != 0) {
        return Optional.empty();
      }
      String id = new String(git.getInputStream().readNBytes(200), StandardCharsets.UTF_8).strip();
      return id.matches("[0-9a-f]{40,64}") ? Optional.of(id) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      git.destroyForcibly();
    }
  }
}
