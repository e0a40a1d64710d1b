package io.dotfs.packstream.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.MemoryObjectStore;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntakeTest {
  private static final int OBJECT_BYTES = 1000;
  @TempDir private Path temporary;

  private static List<StoredObject> objects(int count) throws Exception {
    MemoryObjectStore store = new MemoryObjectStore();
    Random random = new Random(1);
    List<StoredObject> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[OBJECT_BYTES];
      random.nextBytes(bytes);
      objects.add(store.readStored(store.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes))));
    }
    return objects;
  }

  @Test
  void aDiskThatFailsCostsTheLatestPartAlone() throws Exception {
    Path directory = temporary.resolve("ann");
    List<StoredObject> objects = objects(23);
    assertThatThrownBy(
            () -> {
              try (Quarantine quarantine = Quarantine.open(directory);
                  Intake intake = new Intake(quarantine, 5 * OBJECT_BYTES)) {
                for (StoredObject object : objects) {
                  intake.put(object);
                }
                // Nothing more can be given its name.
                Quarantine.remove(directory.resolve("tmp"));
              }
            })
        .isInstanceOf(StorageException.class);

    try (Quarantine quarantine = Quarantine.open(directory)) {
      // Parts of 5, 7 (5 and a quarter of 5, rounded up) and 8 objects; then 3 that are lost.
      for (int i = 0; i < objects.size(); i++) {
        assertThat(quarantine.objects().contains(objects.get(i).id()))
            .as("object %d", i)
            .isEqualTo(i < 20);
      }
    }
  }

  @Test
  void whatCameBeforeAFalseObjectIsKept() throws Exception {
    Path directory = temporary.resolve("ann");
    List<StoredObject> objects = objects(2);
    StoredObject second = objects.get(1);
    StoredObject renamed =
        new StoredObject(
            ObjectId.of(new byte[ObjectId.BYTES]),
            second.type(),
            second.lengthBytes(),
            second.encoding(),
            second.bytes());
    assertThatThrownBy(
            () -> {
              try (Quarantine quarantine = Quarantine.open(directory);
                  Intake intake = new Intake(quarantine)) {
                intake.put(objects.get(0));
                intake.put(renamed);
              }
            })
        .isInstanceOf(CorruptObjectException.class);

    try (Quarantine quarantine = Quarantine.open(directory)) {
      assertThat(quarantine.objects().contains(objects.get(0).id())).isTrue();
      assertThat(quarantine.objects().contains(renamed.id())).isFalse();
    }
  }
}
