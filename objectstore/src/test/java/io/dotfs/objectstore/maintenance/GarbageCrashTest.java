package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.fixture.WatchedFiles;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection that ends between any two of its steps has lost nothing. */
final class GarbageCrashTest {
  private static final StoreOptions SMALL_PACKS = new StoreOptions(1, 0, 0, 50);
  private static final GarbageCollection.Plan EVERYTHING =
      new GarbageCollection.Plan(Long.MAX_VALUE, true, false);

  @TempDir private Path directory;
  private Path home;
  private final List<String> steps = new ArrayList<>();

  @BeforeEach
  void home() {
    home = directory.resolve("home");
  }

  /** Fills a store, and names what is needed of it. */
  private Set<ObjectId> fill() throws Exception {
    try (ObjectStore store = ObjectStore.open(home, SMALL_PACKS)) {
      GarbageModel model = new GarbageModel(store, new Random(7));
      for (int i = 0; i < 300; i++) {
        model.step();
      }
      model.finishAll();
      model.removeRefs(name -> name.equals("branch-0"));
      model.check();
      // Written within one millisecond, they would be seen in any order by the next who opens it.
      List<Pack> packs = store.packs();
      for (int i = 0; i < packs.size(); i++) {
        PackFiles.setModified(home.resolve(packs.get(i).name()), 1_000_000 - i);
      }
      Set<ObjectId> roots = new TreeSet<>(model.required());
      assertThat(roots).isNotEmpty();
      return roots;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private static GarbageCollection.Report collect(ObjectStore store, Set<ObjectId> roots)
      throws Exception {
    return new GarbageCollection(store, GarbageModel.roots(roots), () -> false)
        .run(EVERYTHING, (done, of) -> {});
  }

  /** Every root is whole; no commit is left of which a part is gone. */
  private static void check(ObjectStore store, Set<ObjectId> roots) throws Exception {
    assertThat(store.unusablePacks()).isEmpty();
    assertThat(new StoreVerifier(store).verifyReachable(roots)).isEmpty();
    assertThat(new StoreVerifier(store).verifyPacks((objects, bytes) -> {}).damage()).isEmpty();
    assertThat(new StoreVerifier(store).verifyReachable(GarbageModel.commits(store))).isEmpty();
  }

  @Test
  void everyStepLeavesWhatIsNeeded() throws Exception {
    Set<ObjectId> roots = fill();
    WatchedFiles files =
        new WatchedFiles(
            (step, file) -> {
              if (!file.startsWith(home.resolve("tmp"))) {
                String name = String.valueOf(file.getFileName());
                copy(home, directory.resolve("step-" + steps.size()));
                steps.add(step + " " + name.substring(name.lastIndexOf('.') + 1));
              }
            });
    long freed;
    long bytes;
    try (ObjectStore store = ObjectStore.open(files.watched(home), SMALL_PACKS)) {
      freed = collect(store, roots).freedBytes();
      check(store, roots);
      bytes = store.sizeBytes();
    }
    assertThat(freed).isPositive();
    assertThat(steps).contains("move pack", "move idx", "delete idx", "delete pack");
    for (int i = 0; i < steps.size(); i++) {
      try (ObjectStore store = ObjectStore.open(directory.resolve("step-" + i), SMALL_PACKS)) {
        check(store, roots);
        collect(store, roots);
        check(store, roots);
        // What two packs hold after the end of the first run is one of them again.
        assertThat(store.sizeBytes()).as(steps.get(i)).isLessThanOrEqualTo(bytes + bytes / 4);
      }
    }
  }

  @Test
  void aStepThatFailsLosesNothing() throws Exception {
    Set<ObjectId> roots = fill();
    for (int failing = 0; ; failing++) {
      Path copy = directory.resolve("failing-" + failing);
      copy(home, copy);
      int[] left = {failing};
      WatchedFiles files =
          new WatchedFiles(
              (step, file) -> {
                if (!file.startsWith(copy.resolve("tmp")) && left[0]-- == 0) {
                  throw new IOException("No space left on device");
                }
              });
      try (ObjectStore store = ObjectStore.open(files.watched(copy), SMALL_PACKS)) {
        int number = failing;
        if (left[0] >= 0) {
          try {
            collect(store, roots);
          } catch (StorageException e) {
            assertThat(e).as("step " + number).hasRootCauseMessage("No space left on device");
          }
        }
        check(store, roots);
        if (left[0] >= 0) {
          assertThat(number).isGreaterThan(5);
          return;
        }
        collect(store, roots);
        check(store, roots);
      }
    }
  }
}
