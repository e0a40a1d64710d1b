package io.dotfs.fusefs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that does I/O on a mount that this one serves: this one may not, it would wait for
 * itself. Killed on {@link #close}.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What a process left behind. */
  public record Result(int status, String output) {
    /** Fails with the output unless the process ended well. */
    public String success() {
      if (status != 0) {
        throw new AssertionError("status " + status + ": " + output);
      }
      return output;
    }
  }

  private final Process process;
  private final CompletableFuture<String> output;

  private ChildProcess(Process process) {
    this.process = process;
    this.output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            task -> {
              Thread reader = new Thread(task, "child-output");
              reader.setDaemon(true);
              reader.start();
            });
  }

  /** Starts a command in the root directory, standard error joined to its output. */
  public static ChildProcess start(List<String> command) throws IOException {
    return new ChildProcess(
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start());
  }

  /** Starts a shell script; {@code $1} and so on are the arguments. */
  public static ChildProcess shell(String script, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return start(command);
  }

  /** Runs a shell script to its end and returns what it printed; a bad status fails. */
  public static String run(String script, Object... arguments)
      throws IOException, InterruptedException {
    try (ChildProcess child = shell(script, arguments)) {
      return child.await().success();
    }
  }

  /** Compiles a C program from the test resources beside {@code owner}. */
  public static Path compile(Class<?> owner, String source, Path directory)
      throws IOException, InterruptedException {
    Path code = directory.resolve(source);
    try (var stream = owner.getResourceAsStream(source)) {
      if (stream == null) {
        throw new IOException("no test resource " + source);
      }
      Files.write(code, stream.readAllBytes());
    }
    Path program = directory.resolve(source.replace(".c", ""));
    run("cc -O1 -o \"$1\" \"$2\"", program, code);
    return program;
  }

  /** True if there is a C compiler. */
  public static boolean compilerPresent() {
    return Files.isExecutable(Path.of("/usr/bin/cc"));
  }

  public Process process() {
    return process;
  }

  /** Waits for the end; a process that takes too long is killed and fails. */
  public Result await() throws InterruptedException {
    try {
      String text = output.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      process.waitFor();
      return new Result(process.exitValue(), text);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + LIMIT + ": " + process.info(), e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
