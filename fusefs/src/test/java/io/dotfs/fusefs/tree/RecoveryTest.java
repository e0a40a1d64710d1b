package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.overlay.PowerCut;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there after the server was killed, and after the machine lost power. */
class RecoveryTest {
  @TempDir Path directory;

  /** Cuts every backing file to nothing, as if none of its bytes had reached the disk. */
  private void loseUnsynced(Path kept) throws Exception {
    try (var files = Files.walk(directory.resolve("overlay"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.equals(kept)) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
          }
        }
      }
    }
  }

  private Path backingFile(TestHome home, long number) {
    return directory
        .resolve("overlay")
        .resolve(Long.toHexString(home.tree.id()))
        .resolve(String.format("%02x", number & 0xff))
        .resolve(Long.toHexString(number));
  }

  private static byte[] random(int seed, int length) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void aCommittedFileSurvivesAPowerCutThoughItWasNeverSynced() throws Exception {
    byte[] data = random(1, 100_000);
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      fs.put("a", data);
      fs.put("b", data);
      fs.put("c", data);
      home.commit();
      long node = fs.open("b");
      fs.write(node, 99_000, new byte[50_000]);
      fs.truncate("c", 40_000);
    }
    PowerCut.simulate(directory);
    loseUnsynced(Path.of("none"));
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      assertThat(fs.get("a")).isEqualTo(data);
      assertThat(fs.get("b")).isEqualTo(data);
      assertThat(fs.get("c")).isEqualTo(Arrays.copyOf(data, 40_000));
      fs.truncate("c", 60_000);
      assertThat(fs.get("c")).isEqualTo(Arrays.copyOf(Arrays.copyOf(data, 40_000), 60_000));
    }
  }

  @Test
  void whatWasSyncedSurvivesAPowerCutAndItsNeighboursToo() throws Exception {
    byte[] data = random(2, 100_000);
    Path kept;
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      fs.put("a", data);
      CommitResult commit = home.commit();
      home.tree.restore(
          "db",
          java.util.List.of(io.dotfs.objectstore.object.ByteName.of("copy")),
          java.util.Optional.of(
              new io.dotfs.objectstore.directory.DirectoryReader(home.home.objects())
                  .find(
                      (io.dotfs.objectstore.object.DirectoryRef)
                          new io.dotfs.objectstore.directory.DirectoryReader(home.home.objects())
                              .find(
                                  io.dotfs.objectstore.codec.CommitCodec.decode(
                                          home.home
                                              .objects()
                                              .read(
                                                  commit.id(),
                                                  io.dotfs.objectstore.object.ObjectType.COMMIT))
                                      .tree(),
                                  io.dotfs.objectstore.object.ByteName.of("db"))
                              .orElseThrow()
                              .content(),
                      io.dotfs.objectstore.object.ByteName.of("a"))
                  .orElseThrow()));
      long node = fs.open("copy");
      fs.write(node, 20_000, new byte[] {1, 2, 3});
      fs.fsync(node);
      fs.write(node, 50_000, new byte[] {4, 5, 6});
      long number = fs.stat("copy").inode;
      kept = backingFile(home, number);
      assertThat(kept).exists();
    }
    PowerCut.simulate(directory);
    loseUnsynced(kept);
    System.arraycopy(new byte[] {1, 2, 3}, 0, data, 20_000, 3);
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.fs("db").get("copy")).isEqualTo(data);
    }
  }

  private interface Change {
    void apply(TestHome home, Fs fs) throws Exception;
  }

  /**
   * A power cut after {@code change} to the file "a", at which the database had reached the disk
   * and the host's journal had not: the backing file is as it was before.
   */
  private void loseBackingChanges(Change before, Change change) throws Exception {
    Path backing;
    byte[] kept;
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      before.apply(home, fs);
      backing = backingFile(home, fs.stat("a").inode);
      kept = Files.readAllBytes(backing);
      change.apply(home, fs);
    }
    PowerCut.simulate(directory);
    Files.write(backing, kept);
  }

  /** A committed file with two blocks that were changed and synced since. */
  private static void synced(TestHome home, Fs fs, byte[] data) throws Exception {
    fs.put("a", data);
    home.commit();
    long node = fs.open("a");
    fs.write(node, 20_000, new byte[] {1, 2, 3});
    fs.write(node, 90_000, new byte[] {4, 5, 6});
    fs.fsync(node);
    fs.close(node);
    System.arraycopy(new byte[] {1, 2, 3}, 0, data, 20_000, 3);
    System.arraycopy(new byte[] {4, 5, 6}, 0, data, 90_000, 3);
  }

  @Test
  void aCutThatTheHostLostIsMadeAgain() throws Exception {
    byte[] data = random(3, 100_000);
    loseBackingChanges(
        (home, fs) -> synced(home, fs, data), (home, fs) -> fs.truncate("a", 30_000));
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      assertThat(fs.get("a")).isEqualTo(Arrays.copyOf(data, 30_000));
      fs.truncate("a", 100_000);
      assertThat(fs.get("a")).isEqualTo(Arrays.copyOf(Arrays.copyOf(data, 30_000), 100_000));
    }
  }

  @Test
  void aLostCutTakesWhatWasWrittenAfterItButNeverSynced() throws Exception {
    byte[] data = random(4, 100_000);
    loseBackingChanges(
        (home, fs) -> synced(home, fs, data),
        (home, fs) -> {
          fs.truncate("a", 30_000);
          long node = fs.open("a");
          fs.write(node, 60_000, random(5, 40_000));
          fs.truncate("a", 95_000);
          fs.chmod("a", 0600);
          fs.close(node);
        });
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.fs("db").get("a")).isEqualTo(Arrays.copyOf(data, 30_000));
    }
  }

  @Test
  void aCutThatWasSyncedIsNotMadeAgain() throws Exception {
    byte[] data = random(6, 100_000);
    byte[] more = random(7, 20_000);
    loseBackingChanges(
        (home, fs) -> {
          synced(home, fs, data);
          fs.truncate("a", 30_000);
          long node = fs.open("a");
          fs.write(node, 30_000, more);
          fs.fsync(node);
          fs.close(node);
        },
        (home, fs) -> {
          long node = fs.open("a");
          fs.write(node, 50_000, new byte[40_000]);
          fs.chmod("a", 0600);
          fs.close(node);
        });
    byte[] expected = Arrays.copyOf(data, 50_000);
    System.arraycopy(more, 0, expected, 30_000, 20_000);
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.fs("db").get("a")).isEqualTo(expected);
    }
  }

  @Test
  void growthThatWasSyncedSurvivesAPowerCut() throws Exception {
    byte[] data = random(8, 50_000);
    loseBackingChanges(
        (home, fs) -> {
          synced(home, fs, Arrays.copyOf(data, 100_000));
          fs.truncate("a", 200_000);
          long node = fs.open("a");
          fs.fsync(node);
          fs.close(node);
        },
        (home, fs) -> {});
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.fs("db").stat("a").size).isEqualTo(200_000);
    }
  }

  @Test
  void aCutAfterACommitKeepsWhatTheCommitHolds() throws Exception {
    byte[] data = random(9, 100_000);
    loseBackingChanges(
        (home, fs) -> {
          fs.put("a", data);
          home.commit(home.tree, pause -> fs.truncate("a", 90_000));
          fs.chmod("a", 0600);
        },
        (home, fs) -> fs.truncate("a", 80_000));
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.fs("db").get("a")).isEqualTo(Arrays.copyOf(data, 80_000));
    }
  }

  @Test
  void theLogIsSyncedBeforeACutTakesBytesThatWereSynced() throws Exception {
    byte[] data = random(10, 100_000);
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      synced(home, fs, data);
      long node = fs.open("a");
      long before = home.home.metadata().lastSync();
      fs.truncate("a", 99_000);
      assertThat(home.home.metadata().lastSync()).isEqualTo(before);
      fs.truncate("a", 85_000);
      assertThat(home.home.metadata().lastSync()).isGreaterThan(before);
      fs.close(node);
    }
  }

  @Test
  void whatARenameReplacedGoesAfterTheRename() throws Exception {
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      fs.put("a", "old");
      fs.put("b", "new");
      long old = fs.node("a");
      Path backing = backingFile(home, old);
      fs.rename("b", "a");
      fs.view.forget(old, 1000);
      long renamed = home.home.metadata().lastWrite();
      // A power cut may undo the rename until the log is synced, and then "a" is the old file.
      assertThat(Files.exists(backing) || home.home.metadata().lastSync() >= renamed).isTrue();
      home.home.deletions().settle();
      assertThat(backing).doesNotExist();
    }
  }

  @Test
  void aKilledServerLosesNothingThatItAcknowledged() throws Exception {
    for (int seed = 1; seed <= 3; seed++) {
      Path home = directory.resolve("home" + seed);
      int steps = 200 + 150 * seed;
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Victim.class.getName(),
                  home.toString(),
                  String.valueOf(seed),
                  String.valueOf(steps))
              .redirectErrorStream(true)
              .start();
      try (var output =
          new java.io.BufferedReader(
              new java.io.InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        String line = output.readLine();
        while (line != null && !line.equals("DONE")) {
          line = output.readLine();
        }
        assertThat(line).isEqualTo("DONE");
        child.destroyForcibly().waitFor();
      }
      try (TestHome reopened = new TestHome(home)) {
        Model expected = Victim.model(seed);
        try (TestHome scratch = new TestHome(directory.resolve("scratch" + seed))) {
          Fs fs = scratch.fs("s");
          for (int i = 0; i < steps; i++) {
            expected.step(fs);
          }
        }
        Fs fs = reopened.fs("s");
        assertThat(fs.dump("")).as("seed %d", seed).isEqualTo(expected.dump());
        CommitResult commit = reopened.commit();
        assertThat(reopened.at(commit, "s").dump(""))
            .as("commit after seed %d", seed)
            .isEqualTo(expected.dump());
      }
    }
  }

  /** Works on a tree until it is killed, with commits on the way. */
  static final class Victim {
    private Victim() {}

    static Model model(int seed) {
      return new Model(new Random(seed));
    }

    public static void main(String[] arguments) throws Exception {
      TestHome home = new TestHome(Path.of(arguments[0]));
      Model model = model(Integer.parseInt(arguments[1]));
      Fs fs = home.fs("s");
      int steps = Integer.parseInt(arguments[2]);
      for (int i = 0; i < steps; i++) {
        model.step(fs);
        if (i % 90 == 80) {
          home.commit();
        }
      }
      System.out.println("DONE");
      Thread.sleep(60_000);
    }
  }
}
