package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Commands in child processes: whatever touches a mount must not be the process that serves it. */
final class Shell {
  private Shell() {}

  /** Runs a script that must succeed within a minute; returns what it printed, trimmed. */
  static String run(String script) {
    try {
      Process process =
          new ProcessBuilder("timeout", "-k", "1", "60", "sh", "-euc", script)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(65, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(script + "\n" + output).isZero();
      return output;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A process that holds something until it is closed. */
  record Holder(Process process) implements AutoCloseable {
    long pid() {
      return process.pid();
    }

    @Override
    public void close() throws IOException, InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Starts {@code exec sleep} with what {@code setUp} opened before it, and waits for that. */
  static Holder hold(String setUp) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-euc", setUp + "; echo ready; exec sleep 60")
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("ready");
    // Between the line and the exec the process is still called sh.
    Path comm = Path.of("/proc/" + process.pid() + "/comm");
    while (!Files.readString(comm).strip().equals("sleep")) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    return new Holder(process);
  }
}
