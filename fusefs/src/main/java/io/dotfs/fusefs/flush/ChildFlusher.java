package io.dotfs.fusefs.flush;

import io.dotfs.fusefs.flush.FlushReport.Outcome;
import io.dotfs.fusefs.mount.DeviceNumber;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The flusher in a child process. A child that does not answer in time may be waiting for the disk
 * and cannot be recalled: it is killed, and the next flush talks to a new one.
 */
final class ChildFlusher implements Flusher {
  /** Put in the queue by the reading thread when the child is gone. */
  private static final String END = "end";

  private static final int MAX_LINES = 1000;

  /** A child and what it has answered. */
  private record Child(Process process, BlockingQueue<String> answers) {}

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}. */
  private Optional<Child> child = Optional.empty();

  /** Guarded by {@link #lock}. */
  private boolean closed;

  /** Starts the child ahead of the first flush; if that fails, the first flush says so. */
  ChildFlusher() {
    lock.lock();
    try {
      child = Optional.of(start());
    } catch (IOException e) {
      child = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public FlushReport flush(Collection<DeviceNumber> devices, Duration timeout)
      throws InterruptedException {
    long begin = System.nanoTime();
    long deadline = begin + timeout.toNanos();
    if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      return report(Outcome.TIMED_OUT, List.of("another flush is still at work"), begin);
    }
    try {
      if (closed) {
        return report(Outcome.FAILED, List.of("the flusher is closed"), begin);
      }
      Child current = living();
      String request =
          devices.stream()
              .distinct()
              .map(DeviceNumber::toString)
              .collect(
                  Collectors.joining(
                      " ",
                      "flush " + TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + " ",
                      "\n"));
      current.process.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      current.process.getOutputStream().flush();
      return answer(current, begin, deadline);
    } catch (IOException e) {
      giveUp();
      return report(Outcome.FAILED, List.of("the flusher cannot be reached: " + e), begin);
    } catch (InterruptedException e) {
      // Its answer would be taken for the next one's.
      giveUp();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      giveUp();
    } finally {
      lock.unlock();
    }
  }

  private FlushReport answer(Child current, long begin, long deadline) throws InterruptedException {
    List<String> errors = new ArrayList<>();
    while (true) {
      String line = current.answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        giveUp();
        errors.add("no answer within the time");
        return report(Outcome.TIMED_OUT, errors, begin);
      }
      String[] words = line.split(" ", -1);
      if (words[0].equals("error")) {
        errors.add(line.substring("error ".length()));
      } else if (words[0].equals("done") && words.length == 4) {
        return new FlushReport(
            words[3].equals("0") ? Outcome.COMPLETE : Outcome.PARTIAL,
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            errors,
            System.nanoTime() - begin);
      } else {
        giveUp();
        errors.add(line.equals(END) ? "the flusher has died" : "not understood: " + line);
        return report(Outcome.FAILED, errors, begin);
      }
    }
  }

  private static FlushReport report(Outcome outcome, List<String> errors, long begin) {
    return new FlushReport(outcome, 0, 0, errors, System.nanoTime() - begin);
  }

  private Child living() throws IOException {
    if (child.isEmpty() || !child.get().process.isAlive()) {
      giveUp();
      child = Optional.of(start());
    }
    return child.get();
  }

  /** Does not wait for the child's end: one that waits for a disk ends later. */
  private void giveUp() {
    child.ifPresent(old -> old.process.destroyForcibly());
    child = Optional.empty();
  }

  /** ProcessBuilder hands on no descriptors but the three standard ones. */
  private static Child start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms8m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                absoluteClassPath(),
                FlusherMain.class.getName())
            .directory(Path.of("/").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BlockingQueue<String> answers = new LinkedBlockingQueue<>(MAX_LINES);
    Thread reader = new Thread(() -> collect(process, answers), "flusher-answers");
    reader.setDaemon(true);
    reader.start();
    return new Child(process, answers);
  }

  /** The child starts in the root directory. */
  private static String absoluteClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(element -> !element.isEmpty())
        .map(element -> Path.of(element).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void collect(Process process, BlockingQueue<String> answers) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(answers::add);
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      // Read to its end or not: the child is of no use any more, which is what END says.
      process.destroyForcibly();
    }
    if (!answers.offer(END)) {
      answers.clear();
      answers.add(END);
    }
  }
}
