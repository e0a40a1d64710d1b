package io.dotfs.packstream.negotiate;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.wire.ListedObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists and sets that outgrow the heap. */
final class LongListsTest {
  /** More than the lists keep on the heap, less than one piece of scratch memory more. */
  private static final int COUNT = 200_000;

  @TempDir private Path temporary;
  private final AtomicLong scratchBytes = new AtomicLong();

  private Scratch scratchOf(ObjectStore store) {
    return bytes -> {
      scratchBytes.addAndGet(bytes);
      return store.scratch(bytes);
    };
  }

  private static ObjectId id(Random random) {
    byte[] bytes = new byte[ObjectId.BYTES];
    random.nextBytes(bytes);
    return ObjectId.of(bytes);
  }

  @Test
  void aListGivesBackWhatWasAdded() throws Exception {
    try (ObjectStore store = ObjectStore.open(temporary)) {
      ObjectList list = new ObjectList(scratchOf(store));
      Random random = new Random(1);
      for (int i = 0; i < COUNT; i++) {
        list.add(new ListedObject(id(random), ObjectType.CHUNK, i));
      }
      assertThat(scratchBytes).hasPositiveValue();
      assertThat(list.size()).isEqualTo(COUNT);
      assertThat(list.storedBytes()).isEqualTo((long) COUNT * (COUNT - 1) / 2);
      Random again = new Random(1);
      for (int i = 0; i < COUNT; i++) {
        ListedObject expected = new ListedObject(id(again), ObjectType.CHUNK, i);
        if (!list.get(i).equals(expected)) {
          assertThat(list.get(i)).as("object %d", i).isEqualTo(expected);
        }
      }
      try (Stream<Path> left = Files.list(temporary.resolve("tmp"))) {
        assertThat(left.filter(file -> file.toString().endsWith(".scratch"))).isEmpty();
      }
    }
  }

  @Test
  void aSetHoldsWhatWasAddedAndNothingElse() throws Exception {
    try (ObjectStore store = ObjectStore.open(temporary)) {
      IdSet set = new IdSet(7, scratchOf(store));
      Random random = new Random(1);
      for (int i = 0; i < COUNT; i++) {
        if (!set.add(id(random))) {
          throw new AssertionError("id " + i + " was there before it was added");
        }
      }
      assertThat(scratchBytes).hasPositiveValue();
      assertThat(set.size()).isEqualTo(COUNT);
      Random again = new Random(1);
      for (int i = 0; i < COUNT; i++) {
        if (!set.contains(id(again))) {
          throw new AssertionError("id " + i + " is lost");
        }
      }
      assertThat(set.add(id(new Random(1)))).isFalse();
      assertThat(Stream.generate(() -> id(random)).limit(10_000)).noneMatch(set::contains);
      assertThat(set.contains(ObjectId.of(new byte[ObjectId.BYTES]))).isFalse();
    }
  }
}
