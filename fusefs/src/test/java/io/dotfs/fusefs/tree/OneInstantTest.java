package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.commit.CommitResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations on two subdots that depend on each other, numbered, while commits are taken: each
 * commit holds an exact prefix. With the gate disabled it does not, which shows that this can fail.
 */
class OneInstantTest {
  private static final int COMMITS = 30;
  private static final int SLOTS = 64;

  /** How many inodes stay in memory. */
  private static final int ROOM = 1 << 16;

  private static final int RECORD_BYTES = 4096;

  @TempDir Path directory;

  /** One writer: number n goes to file A, then to B as a write, a rename, a link or a creation. */
  private static final class Writer implements Runnable {
    private final Fs a;
    private final Fs b;
    private final String name;
    private final AtomicBoolean stop;
    private long number;

    Writer(Fs a, Fs b, String name, AtomicBoolean stop) throws Exception {
      this.a = a;
      this.b = b;
      this.name = name;
      this.stop = stop;
      a.put(name, new byte[8]);
      b.put(name, new byte[8]);
      b.put(name + ".n0", "0");
      a.mkdir(name + ".d");
    }

    @Override
    public void run() {
      try {
        long inA = a.open(name);
        long inB = b.open(name);
        while (!stop.get()) {
          number++;
          byte[] value = ByteBuffer.allocate(8).putLong(number).array();
          a.write(inA, 0, value);
          a.write(inA, (1 + number % SLOTS) * RECORD_BYTES, value);
          b.rename(name + ".n" + (number - 1), name + ".n" + number);
          b.write(inB, 0, value);
          a.put(name + ".d/" + number, "");
          if (number > 4) {
            a.unlink(name + ".d/" + (number - 4));
          }
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What a commit shows of one writer, as a list of contradictions. */
  private static List<String> check(Fs a, Fs b, String name) throws Exception {
    List<String> wrong = new ArrayList<>();
    long inA = ByteBuffer.wrap(a.get(name)).getLong();
    long inB = ByteBuffer.wrap(b.get(name)).getLong();
    List<String> renamed =
        b.list("").stream().filter(entry -> entry.startsWith(name + ".n")).toList();
    if (renamed.size() != 1) {
      return List.of(name + " was renamed to " + renamed);
    }
    long named = Long.parseLong(renamed.get(0).substring(name.length() + 2));
    List<Long> made = a.list(name + ".d").stream().map(Long::valueOf).sorted().toList();
    long last = made.isEmpty() ? 0 : made.get(made.size() - 1);
    // A first, then the rename, then B, then the new name: each at most one ahead of the next.
    long[] order = {inA, named, inB, last};
    for (int i = 0; i + 1 < order.length; i++) {
      if (order[i] < order[i + 1] || order[0] > order[i + 1] + 1) {
        wrong.add(name + ": write " + inA + ", rename " + named + ", write " + inB + ", " + made);
        break;
      }
    }
    for (int i = 1; i < made.size(); i++) {
      if (made.get(i) != made.get(i - 1) + 1) {
        wrong.add(name + ": names with a gap " + made);
      }
    }
    byte[] all = a.get(name);
    for (long n = Math.max(1, inA - SLOTS + 1); n < inA; n++) {
      int at = (int) (1 + n % SLOTS) * RECORD_BYTES;
      if (ByteBuffer.wrap(all).getLong(at) < n) {
        wrong.add(name + ": record " + n + " is missing though " + inA + " is there");
      }
    }
    return wrong;
  }

  /** Takes commits under writers and returns the contradictions in them. */
  static List<String> contradictions(Path directory, int commits, int inodeRoom) throws Exception {
    List<String> wrong = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    AtomicBoolean stop = new AtomicBoolean();
    try (TestHome home = new TestHome(directory, inodeRoom)) {
      Fs a = home.fs("a");
      Fs b = home.fs("b");
      List<Writer> writers = new ArrayList<>();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        writers.add(new Writer(a, b, "w" + i, stop));
      }
      for (Writer writer : writers) {
        running.add(threads.submit(writer));
      }
      List<CommitResult> taken = new ArrayList<>();
      for (int i = 0; i < commits; i++) {
        taken.add(home.commit());
      }
      stop.set(true);
      for (Future<?> future : running) {
        future.get(30, TimeUnit.SECONDS);
      }
      for (CommitResult commit : taken) {
        var shown = home.trees.temporary(java.util.Optional.of(commit.id()), true);
        for (int i = 0; i < writers.size(); i++) {
          wrong.addAll(check(new Fs(shown.view("a")), new Fs(shown.view("b")), "w" + i));
        }
      }
      assertThat(writers.get(0).number).isGreaterThan(commits);
    } finally {
      stop.set(true);
      threads.shutdown();
    }
    return wrong;
  }

  @Test
  void everyCommitHoldsAnExactPrefix() throws Exception {
    assertThat(contradictions(directory, COMMITS, ROOM)).isEmpty();
  }

  @Test
  void alsoWhereNoInodeStaysInMemory() throws Exception {
    assertThat(contradictions(directory, COMMITS / 3, 0)).isEmpty();
  }

  @Test
  void withoutTheGateItDoesNot() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddotfs.test.disableGate=true",
                "-cp",
                System.getProperty("java.class.path"),
                Ungated.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor(300, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains("CONTRADICTIONS");
  }

  /** The same in a process of its own, for the test hook. */
  static final class Ungated {
    private Ungated() {}

    public static void main(String[] arguments) throws Exception {
      try {
        List<String> wrong = contradictions(Path.of(arguments[0]), COMMITS, ROOM);
        System.out.println(wrong.isEmpty() ? "EXACT" : "CONTRADICTIONS " + wrong.size());
      } catch (IOException | io.dotfs.objectstore.error.StoreException e) {
        System.out.println("CONTRADICTIONS so bad that the commit failed: " + e);
      }
    }
  }
}
