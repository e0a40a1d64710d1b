package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.fixture.ModelTree;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackFiles;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoreOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is needed stays, whatever happens at the same time, and in the end nothing else does. */
final class GarbageCollectionTest {
  private static final long NO_GRACE = Long.MAX_VALUE;

  @TempDir private Path directory;

  private static GarbageCollection.Plan now(boolean dryRun) {
    return new GarbageCollection.Plan(NO_GRACE, true, dryRun);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void interleavedWithEverything(long seed) throws Exception {
    Random random = new Random(seed);
    try (ObjectStore store = ObjectStore.open(directory, new StoreOptions(1, 0, 0, 50))) {
      GarbageModel model = new GarbageModel(store, random);
      for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 60; i++) {
          model.step();
        }
        // What is stored before the last operation begins is held by none.
        model.finishAll();
        for (int i = random.nextInt(12); i > 0; i--) {
          model.step();
        }
        if (round % 4 == 3) {
          store.repack(() -> false);
        }
        int before = model.steps();
        new GarbageCollection(
                store,
                model,
                () -> {
                  if (random.nextInt(4) == 0) {
                    try {
                      model.step();
                    } catch (StoreException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                  return false;
                })
            .run(now(false), (done, of) -> {});
        assertThat(model.steps()).isGreaterThan(before);
        model.check();
      }
      model.finishAll();
      model.check();
      assertThat(model.differences()).isPositive();
      // The second one removes what only differences leaned on that the first one has removed.
      new GarbageCollection(store, model, () -> false).run(now(false), (done, of) -> {});
      new GarbageCollection(store, model, () -> false).run(now(false), (done, of) -> {});
      model.check();
      assertThat(model.stored()).isEqualTo(model.reachable());
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).damage()).isEmpty();
    }
    try (ObjectStore again = ObjectStore.open(directory)) {
      assertThat(again.unusablePacks()).isEmpty();
    }
  }

  @Test
  void dryRunFindsWhatARunFrees() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      GarbageModel model = new GarbageModel(store, new Random(1));
      for (int i = 0; i < 300; i++) {
        model.step();
      }
      model.finishAll();
      model.removeRefs(name -> !name.equals("branch-1"));
      long before = store.sizeBytes();
      Set<ObjectId> stored = model.stored();
      GarbageCollection collection = new GarbageCollection(store, model, () -> false);
      GarbageCollection.Report told = collection.run(now(true), (done, of) -> {});
      assertThat(store.sizeBytes()).isEqualTo(before);
      assertThat(model.stored()).isEqualTo(stored);
      assertThat(told.unneededBytes()).isPositive();
      GarbageCollection.Report done = collection.run(now(false), (d, of) -> {});
      assertThat(done.unneededBytes()).isEqualTo(told.unneededBytes());
      assertThat(done.freedBytes()).isEqualTo(before - store.sizeBytes());
      assertThat(done.freedBytes()).isGreaterThanOrEqualTo(told.freedBytes());
      model.check();
    }
  }

  @Test
  void whatIsYoungStays() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      GarbageModel model = new GarbageModel(store, new Random(1));
      model.begin(model.committing());
      model.finishAll();
      model.removeRefs(name -> true);
      Set<ObjectId> stored = model.stored();
      long written = store.packs().get(0).modifiedMillis();
      GarbageCollection collection = new GarbageCollection(store, model, () -> false);
      GarbageCollection.Report young =
          collection.run(new GarbageCollection.Plan(written, true, false), (done, of) -> {});
      assertThat(model.stored()).isEqualTo(stored);
      assertThat(young.youngBytes()).isPositive();
      collection.run(new GarbageCollection.Plan(written + 1, true, false), (done, of) -> {});
      assertThat(store.packs()).isEmpty();
    }
  }

  @Test
  void aLargePackStaysForTheSakeOfAFewBytes() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      Random random = new Random(1);
      ObjectId garbage;
      List<ObjectId> roots = new ArrayList<>();
      try (PackWriter writer = store.begin()) {
        byte[] bytes = new byte[1 << 16];
        random.nextBytes(bytes);
        garbage = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes));
        for (int i = 0; i < 300; i++) {
          random.nextBytes(bytes);
          roots.add(writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes)));
        }
        writer.finish();
      }
      GarbageCollection collection =
          new GarbageCollection(store, GarbageModel.roots(roots), () -> false);
      GarbageCollection.Report report =
          collection.run(new GarbageCollection.Plan(NO_GRACE, false, false), (done, of) -> {});
      assertThat(report.packsRemoved()).isZero();
      assertThat(report.leftBytes()).isEqualTo(report.unneededBytes()).isPositive();
      assertThat(store.contains(garbage)).isTrue();
      collection.run(now(false), (done, of) -> {});
      assertThat(store.contains(garbage)).isFalse();
      for (ObjectId root : roots) {
        assertThat(store.contains(root)).isTrue();
      }
    }
  }

  private static ObjectId put(ObjectStore store, ByteBuffer bytes, Optional<ObjectId> older)
      throws StoreException {
    try (PackWriter writer = store.begin()) {
      ObjectId id = writer.put(ObjectType.CHUNK, bytes.duplicate(), older);
      writer.finish();
      return id;
    }
  }

  private static ByteBuffer noise(int last) {
    byte[] bytes = new byte[16384];
    new Random(1).nextBytes(bytes);
    bytes[bytes.length - 1] = (byte) last;
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoThatLeanOnEachOtherElsewhereStayWhole(boolean newestWhole) throws Exception {
    Path other = directory.resolve("other");
    ObjectId x;
    ObjectId y;
    try (ObjectStore store = ObjectStore.open(directory.resolve("store"))) {
      try (ObjectStore arriving = ObjectStore.open(other)) {
        x = put(arriving, noise(1), Optional.empty());
        y = put(store, noise(2), Optional.empty());
        put(store, noise(1), Optional.of(y));
        put(arriving, noise(2), Optional.of(x));
      }
      store.link(other);
      assertThat(store.basesOf(x)).containsExactly(y);
      assertThat(store.basesOf(y)).containsExactly(x);
      for (Pack pack : store.packs()) {
        // The differences come first in view.
        boolean whole = pack.hasWhole(pack.idAt(0));
        PackFiles.setModified(
            store.directory().resolve(pack.name()), whole == newestWhole ? 2_000 : 1_000);
      }
      new GarbageCollection(store, GarbageModel.roots(List.of(x, y)), () -> false)
          .run(now(false), (done, of) -> {});
      assertThat(store.read(x, ObjectType.CHUNK)).isEqualTo(noise(1));
      assertThat(store.read(y, ObjectType.CHUNK)).isEqualTo(noise(2));
    }
    try (ObjectStore again = ObjectStore.open(directory.resolve("store"))) {
      assertThat(again.read(x, ObjectType.CHUNK)).isEqualTo(noise(1));
      assertThat(again.read(y, ObjectType.CHUNK)).isEqualTo(noise(2));
    }
  }

  @Test
  void whatWasRemovedMeanwhileGetsNoName() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id = put(store, noise(1), Optional.empty());
      assertThat(store.contains(id)).isTrue();
      new GarbageCollection(store, GarbageModel.roots(List.of()), () -> false)
          .run(now(false), (done, of) -> {});
      assertThatThrownBy(() -> store.retention().admit(List.of(id), () -> {}))
          .isInstanceOf(MissingObjectException.class);
      assertThatThrownBy(() -> store.retention().hold(() -> List.of(id)))
          .isInstanceOf(MissingObjectException.class);
    }
  }

  @Test
  void nothingGoesWhenSomethingNeededIsMissing() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      try (PackWriter writer = store.begin()) {
        writer.put(ObjectType.CHUNK, ModelTree.block(1, 100));
        writer.finish();
      }
      ObjectId missing = ObjectId.fromHex("12".repeat(32));
      assertThatThrownBy(
              () ->
                  new GarbageCollection(store, GarbageModel.roots(List.of(missing)), () -> false)
                      .run(now(false), (done, of) -> {}))
          .isInstanceOf(MissingObjectException.class);
      assertThat(store.packs()).hasSize(1);
      // The right to collect was given back.
      new GarbageCollection(store, GarbageModel.roots(List.of()), () -> false)
          .run(now(false), (done, of) -> {});
      assertThat(store.packs()).isEmpty();
    }
  }
}
