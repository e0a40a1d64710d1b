package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.commit.CommitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations against a model, with commits, operations between the instant of a commit and
 * its end, trees over commits that go on by themselves, and reopening. A seed replays a run.
 */
class ModelTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 4, 6, 7, 8, 10})
  void theTreeDoesWhatTheModelDoes(long seed) throws Exception {
    Random random = new Random(seed);
    // Of even seeds no inode stays in memory after the operation that used it.
    int room = seed % 2 == 0 ? 0 : 1 << 16;
    Model model = new Model(random);
    TestHome home = new TestHome(directory, room);
    WorkingTree tree = home.tree;
    Fs fs = new Fs(tree.view("s"));
    try {
      for (int round = 0; round < 22; round++) {
        for (int i = 0; i < 60; i++) {
          model.step(fs);
        }
        assertThat(fs.dump("")).as("seed %d round %d", seed, round).isEqualTo(model.dump());
        assertThat(tree.sizeBytes("s"))
            .as("seed %d round %d", seed, round)
            .isEqualTo(fs.bytesBelow(""));
        int choice = random.nextInt(5);
        Fs.log("---- round " + round + " " + choice);
        switch (choice) {
          case 0, 1, 2 -> {
            Model frozen = model.copy();
            int during = random.nextInt(60);
            Fs live = fs;
            CommitResult commit = commit(home, tree, model, live, during);
            Fs shown = home.at(commit, "s");
            assertThat(frozen.differences(shown))
                .as("commit, seed %d round %d", seed, round)
                .isEmpty();
            assertThat(shown.dump(""))
                .as("commit, seed %d round %d", seed, round)
                .isEqualTo(frozen.dump());
            assertThat(fs.dump(""))
                .as("after commit, seed %d round %d", seed, round)
                .isEqualTo(model.dump());
            assertThat(tree.sizeBytes())
                .as("size after commit, seed %d round %d", seed, round)
                .isEqualTo(fs.bytesBelow(""));
            if (during == 0) {
              assertThat(tree.dirtyBytes()).as("dirty, seed %d round %d", seed, round).isZero();
            }
            if (random.nextInt(3) == 0) {
              // Go on in a fresh tree over that commit.
              tree = home.trees.reset("admin/d@master", Optional.of(commit.id()));
              fs = new Fs(tree.view("s"));
              model = frozen;
            }
          }
          case 3 -> {
            home.committer.capture(tree).close();
          }
          default -> {
            home.close();
            home = new TestHome(directory, room);
            tree = home.tree;
            fs = new Fs(tree.view("s"));
            assertThat(fs.dump(""))
                .as("reopened, seed %d round %d", seed, round)
                .isEqualTo(model.dump());
            assertThat(tree.sizeBytes())
                .as("size of what was reopened, seed %d round %d", seed, round)
                .isEqualTo(fs.bytesBelow(""));
          }
        }
      }
      home.home.deletions().settle();
      assertThat(leftovers()).isEmpty();
    } finally {
      home.close();
    }
  }

  private static CommitResult commit(
      TestHome home, WorkingTree tree, Model model, Fs fs, int operationsMeanwhile)
      throws Exception {
    return home.commit(
        tree,
        pause -> {
          Fs.log("frozen");
          for (int i = 0; i < operationsMeanwhile; i++) {
            model.step(fs);
          }
        });
  }

  /** Side files and backing files that commits had taken over. */
  private List<Path> leftovers() throws Exception {
    try (var files = Files.walk(directory.resolve("overlay"))) {
      return files.filter(path -> path.getFileName().toString().contains(".")).toList();
    }
  }
}
