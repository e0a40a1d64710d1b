package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.graph.References;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.Hold;
import io.dotfs.objectstore.store.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operations under way rely on stays, each reason by itself. */
final class HeldObjectsTest {
  @TempDir private Path directory;

  private static ByteBuffer noise(int seed, int last) {
    byte[] bytes = new byte[16384];
    new Random(seed).nextBytes(bytes);
    bytes[bytes.length - 1] = (byte) last;
    return ByteBuffer.wrap(bytes);
  }

  private static ObjectId put(ObjectStore store, ByteBuffer bytes, Optional<ObjectId> older)
      throws StoreException {
    try (PackWriter writer = store.begin()) {
      ObjectId id = writer.put(ObjectType.CHUNK, bytes, older);
      writer.finish();
      return id;
    }
  }

  private static void collect(ObjectStore store, Collection<ObjectId> roots, BooleanSupplier stop)
      throws Exception {
    new GarbageCollection(store, GarbageModel.roots(roots), stop)
        .run(new GarbageCollection.Plan(Long.MAX_VALUE, true, false), (done, of) -> {});
  }

  private static void collect(ObjectStore store) throws Exception {
    collect(store, List.of(), () -> false);
  }

  @Test
  void whatAWriterFoundStaysUntilItIsClosed() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id = put(store, noise(1, 1), Optional.empty());
      try (PackWriter writer = store.begin()) {
        assertThat(writer.put(ObjectType.CHUNK, noise(1, 1))).isEqualTo(id);
        assertThat(writer.statistics().objects()).isZero();
        collect(store);
        writer.finish();
        collect(store);
        assertThat(store.read(id, ObjectType.CHUNK)).isEqualTo(noise(1, 1));
      }
      collect(store);
      assertThat(store.contains(id)).isFalse();
    }
  }

  @Test
  void whatAWriterHasPublishedStaysUntilItIsClosed() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id;
      try (PackWriter writer = store.begin()) {
        id = writer.put(ObjectType.CHUNK, noise(1, 1));
        writer.finish();
        collect(store);
        assertThat(store.read(id, ObjectType.CHUNK)).isEqualTo(noise(1, 1));
      }
      collect(store);
      assertThat(store.contains(id)).isFalse();
    }
  }

  @Test
  void whatAWriterHasPublishedStaysAlsoWhenItsPackIsMerged() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      try (PackWriter writer = store.begin()) {
        ObjectId id = writer.put(ObjectType.CHUNK, noise(1, 1));
        writer.finish();
        for (int i = 2; i < 40; i++) {
          put(store, noise(i, 1), Optional.empty());
        }
        assertThat(store.repack(() -> false)).isPositive();
        collect(store);
        assertThat(store.read(id, ObjectType.CHUNK)).isEqualTo(noise(1, 1));
      }
    }
  }

  @Test
  void whatOneWriterStoredAndAnotherFoundStays() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      try (PackWriter second = store.begin()) {
        ObjectId id = put(store, noise(1, 1), Optional.empty());
        assertThat(second.put(ObjectType.CHUNK, noise(1, 1))).isEqualTo(id);
        // The first one's own hold has ended.
        collect(store);
        assertThat(store.read(id, ObjectType.CHUNK)).isEqualTo(noise(1, 1));
      }
    }
  }

  @Test
  void whatAnEarlierOperationFoundStaysForOneThatMayBuildOnIt() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id = put(store, noise(1, 1), Optional.empty());
      try (PackWriter second = store.begin()) {
        try (PackWriter first = store.begin()) {
          assertThat(first.put(ObjectType.CHUNK, noise(1, 1))).isEqualTo(id);
          first.put(ObjectType.CHUNK, noise(2, 1));
          first.finish();
        }
        // It finds what the first one made, and knows nothing of what that leads to.
        second.put(ObjectType.CHUNK, noise(2, 1));
        collect(store);
        assertThat(store.contains(id)).isTrue();
      }
    }
  }

  /** Garbage, some of it stored as differences to garbage, beside what is needed. */
  private static ObjectId fill(ObjectStore store) throws StoreException {
    ObjectId needed;
    ObjectId base;
    try (PackWriter writer = store.begin()) {
      base = writer.put(ObjectType.CHUNK, noise(1, 1));
      needed = writer.put(ObjectType.CHUNK, noise(2, 1));
      writer.finish();
    }
    try (PackWriter writer = store.begin()) {
      ObjectId difference = writer.put(ObjectType.CHUNK, noise(1, 2), Optional.of(base));
      writer.put(ObjectType.CHUNK, noise(2, 3));
      writer.finish();
      assertThat(store.basesOf(difference)).containsExactly(base);
    }
    return needed;
  }

  @Test
  void whatIsFoundAtAnyMomentOfACollectionStays() throws Exception {
    boolean reached = true;
    for (int moment = 0; reached; moment++) {
      try (ObjectStore store = ObjectStore.open(directory.resolve("found-" + moment))) {
        ObjectId needed = fill(store);
        int[] left = {moment};
        PackWriter[] late = new PackWriter[1];
        ObjectId[] found = new ObjectId[1];
        collect(
            store,
            List.of(needed),
            () -> {
              if (left[0]-- == 0) {
                try {
                  late[0] = store.begin();
                  found[0] = late[0].put(ObjectType.CHUNK, noise(1, 2));
                } catch (StoreException e) {
                  throw new IllegalStateException(e);
                }
              }
              return false;
            });
        reached = left[0] < 0;
        assertThat(reached || moment > 2).isTrue();
        if (reached) {
          collect(store, List.of(needed), () -> false);
          late[0].finish();
          assertThat(store.read(found[0], ObjectType.CHUNK))
              .as("moment " + moment)
              .isEqualTo(noise(1, 2));
          late[0].close();
        }
        assertThat(store.read(needed, ObjectType.CHUNK)).isEqualTo(noise(2, 1));
      }
    }
  }

  @Test
  void whatAHoldWasOpenedWithStays() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId id = put(store, noise(1, 1), Optional.empty());
      try (Hold hold = store.retention().hold(() -> List.of(id))) {
        collect(store);
        assertThat(store.contains(id)).isTrue();
      }
      collect(store);
      assertThat(store.contains(id)).isFalse();
    }
  }

  @Test
  void whatAHoldProtectedStaysWhenItEndsBeforeTheCollection() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId needed = fill(store);
      ObjectId id = put(store, noise(3, 1), Optional.empty());
      Hold hold = store.retention().hold(() -> List.of(id));
      collect(
          store,
          List.of(needed),
          () -> {
            hold.close();
            return false;
          });
      assertThat(store.contains(id)).isTrue();
    }
  }

  @Test
  void whatADifferenceLeansOnStaysWithIt() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId base = put(store, noise(1, 1), Optional.empty());
      ObjectId difference = put(store, noise(1, 2), Optional.of(base));
      assertThat(store.basesOf(difference)).containsExactly(base);
      collect(store, List.of(difference), () -> false);
      assertThat(store.read(difference, ObjectType.CHUNK)).isEqualTo(noise(1, 2));
      // Found by a writer, it is reached by no root, nor is what it leans on.
      try (PackWriter writer = store.begin()) {
        assertThat(writer.put(ObjectType.CHUNK, noise(1, 2))).isEqualTo(difference);
        collect(store);
        assertThat(store.read(difference, ObjectType.CHUNK)).isEqualTo(noise(1, 2));
      }
    }
  }

  @Test
  void whatLiesOutsideLeansOnStays() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId base = put(store, noise(1, 1), Optional.empty());
      ObjectId other = put(store, noise(2, 1), Optional.empty());
      GarbageCollection.Roots none = GarbageModel.roots(List.of());
      GarbageCollection.Roots leaning =
          new GarbageCollection.Roots() {
            @Override
            public Collection<ObjectId> required() throws StoreException {
              return none.required();
            }

            @Override
            public GarbageCollection.RootCursor more() throws StoreException {
              return none.more();
            }

            @Override
            public Collection<ObjectId> welcome() throws StoreException {
              return none.welcome();
            }

            @Override
            public void leanedOn(References.Visitor visitor) throws StoreException {
              visitor.visit(base);
            }
          };
      new GarbageCollection(store, leaning, () -> false)
          .run(new GarbageCollection.Plan(Long.MAX_VALUE, true, false), (done, of) -> {});
      assertThat(store.contains(base)).isTrue();
      assertThat(store.contains(other)).isFalse();
    }
  }
}
