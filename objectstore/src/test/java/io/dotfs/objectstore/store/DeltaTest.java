package io.dotfs.objectstore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.maintenance.StoreVerifier;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackWriter;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that are stored as differences to others. */
class DeltaTest {
  private static final int BLOCK = 16 << 10;
  private static final int SMALL = 1024;

  @TempDir private Path directory;

  private final Random random = new Random(7);

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ObjectId put(ObjectStore store, byte[] payload, Optional<ObjectId> older)
      throws Exception {
    try (PackWriter writer = store.begin()) {
      ObjectId id = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(payload), older);
      writer.finish();
      return id;
    }
  }

  private static void assertHas(ObjectReader store, ObjectId id, byte[] payload) throws Exception {
    assertThat(store.read(id, ObjectType.CHUNK)).isEqualTo(ByteBuffer.wrap(payload));
  }

  private static void assertSound(ObjectStore store) throws Exception {
    assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).damage()).isEmpty();
  }

  private static byte[] changed(byte[] old, int at) {
    byte[] now = old.clone();
    now[at] ^= 1;
    return now;
  }

  @Test
  void aChangedBlockTakesAFewBytesAndIsReadBack() throws Exception {
    byte[] old = noise(BLOCK);
    byte[] now = changed(old, 5000);
    ObjectId first;
    ObjectId second;
    try (ObjectStore store = ObjectStore.open(directory)) {
      first = put(store, old, Optional.empty());
      second = put(store, now, Optional.of(first));
      assertThat(store.info(first).orElseThrow().storedBytes()).isGreaterThan(BLOCK);
      assertThat(store.info(second).orElseThrow().storedBytes()).isLessThan(SMALL);
      assertThat(store.info(second).orElseThrow().lengthBytes()).isEqualTo(BLOCK);
      assertThat(store.basesOf(second)).containsExactly(first);
      assertThat(store.basesOf(first)).isEmpty();
    }
    try (ObjectStore store = ObjectStore.open(directory)) {
      assertHas(store, second, now);
      assertHas(store, first, old);
      assertSound(store);
    }
  }

  @Test
  void versionsAreDifferencesToTheOneThatIsWhole() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      List<byte[]> versions = new ArrayList<>(List.of(noise(BLOCK)));
      List<ObjectId> ids = new ArrayList<>();
      ids.add(put(store, versions.get(0), Optional.empty()));
      for (int i = 1; i < 40; i++) {
        versions.add(changed(versions.get(i - 1), 400 * i));
        ids.add(put(store, versions.get(i), Optional.of(ids.get(i - 1))));
      }
      for (int i = 0; i < versions.size(); i++) {
        for (ObjectId base : store.basesOf(ids.get(i))) {
          assertThat(store.basesOf(base)).isEmpty();
        }
        assertHas(store, ids.get(i), versions.get(i));
      }
      assertThat(store.basesOf(ids.get(39))).containsExactly(ids.get(0));
    }
  }

  @Test
  void whatHasLittleInCommonIsStoredWhole() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId first = put(store, noise(BLOCK), Optional.empty());
      byte[] now = noise(BLOCK);
      ObjectId second = put(store, now, Optional.of(first));
      assertThat(store.basesOf(second)).isEmpty();
      assertHas(store, second, now);
    }
  }

  @Test
  void anUnknownOlderObjectIsAsGoodAsNone() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      byte[] now = noise(BLOCK);
      ObjectId id = put(store, now, Optional.of(ObjectId.fromHex("ab".repeat(32))));
      assertHas(store, id, now);
    }
  }

  @Test
  void whatBeginsLikeAZstdDictionaryIsNoBase() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      byte[] old = noise(BLOCK);
      old[0] = 0x37;
      old[1] = (byte) 0xa4;
      old[2] = 0x30;
      old[3] = (byte) 0xec;
      ObjectId first = put(store, old, Optional.empty());
      byte[] now = changed(old, 9);
      ObjectId second = put(store, now, Optional.of(first));
      assertThat(store.basesOf(second)).isEmpty();
      assertHas(store, second, now);
    }
  }

  /** As a log that holds images of pages does: other offsets, other things in between. */
  @Test
  void aCopyElsewhereIsFound() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      List<byte[]> pages = new ArrayList<>();
      List<ObjectId> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        pages.add(noise(BLOCK));
        ids.add(put(store, pages.get(i), Optional.empty()));
      }
      try (PackWriter writer = store.begin()) {
        for (int i = 0; i < 20; i++) {
          byte[] now = changed(pages.get(i), 8000);
          writer.put(ObjectType.CHUNK, ByteBuffer.wrap(now), Optional.of(ids.get(i)));
        }
        byte[] log = noise(BLOCK);
        System.arraycopy(pages.get(13), 1001, log, 77, 15_000);
        ObjectId id = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(log), Optional.empty());
        assertHas(writer.reader(), id, log);
        writer.finish();
        assertThat(store.basesOf(id)).containsExactly(ids.get(13));
        assertThat(store.info(id).orElseThrow().storedBytes()).isLessThan(2000);
        assertHas(store, id, log);
      }
      assertSound(store);
    }
  }

  @Test
  void whatLeavesTheStoreStandsByItself() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      byte[] old = noise(BLOCK);
      ObjectId first = put(store, old, Optional.empty());
      byte[] now = changed(old, 5000);
      ObjectId second = put(store, now, Optional.of(first));
      StoredObject stored = store.readStored(second);
      assertThat(stored.base()).isEmpty();
      MemoryObjectStore elsewhere = new MemoryObjectStore();
      assertThat(elsewhere.putStored(stored)).isTrue();
      assertHas(elsewhere, second, now);
    }
  }

  @Test
  void mergedPacksKeepDifferencesAndWhatTheyLeanOn() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      byte[] old = noise(BLOCK);
      ObjectId first = put(store, old, Optional.empty());
      List<ObjectId> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ids.add(put(store, changed(old, 100 + i), Optional.of(first)));
      }
      int packs = store.packs().size();
      assertThat(store.repack(() -> false)).isEqualTo(packs);
      assertThat(store.packs()).hasSize(1);
      assertThat(store.sizeBytes()).isLessThan(3 * BLOCK);
      for (int i = 0; i < 20; i++) {
        assertThat(store.basesOf(ids.get(i))).containsExactly(first);
        assertHas(store, ids.get(i), changed(old, 100 + i));
      }
      assertSound(store);
    }
  }

  @Test
  void noCopyOfADifferenceTakesThePlaceOfTheWhole() throws Exception {
    byte[] old = noise(BLOCK);
    byte[] now = changed(old, 5000);
    try (ObjectStore store = ObjectStore.open(directory)) {
      ObjectId first = put(store, old, Optional.empty());
      ObjectId second;
      // Two writers at once: neither sees what the other has.
      try (PackWriter whole = store.begin();
          PackWriter difference = store.begin()) {
        second = whole.put(ObjectType.CHUNK, ByteBuffer.wrap(now));
        difference.put(ObjectType.CHUNK, ByteBuffer.wrap(now), Optional.of(first));
        whole.finish();
        difference.finish();
      }
      assertThat(store.basesOf(second)).containsExactly(first);
      for (Pack pack : store.packs()) {
        if (pack.contains(second)) {
          assertThat(store.readForCopy(pack, second).base()).isEmpty();
        }
      }
    }
  }

  @Test
  void damageOfABaseIsNamedAndHealedWithTheWhole() throws Exception {
    byte[] old = noise(BLOCK);
    byte[] now = changed(old, 5000);
    ObjectId first;
    ObjectId second;
    Path pack;
    try (ObjectStore store = ObjectStore.open(directory)) {
      first = put(store, old, Optional.empty());
      pack = directory.resolve(store.packs().get(0).name());
      second = put(store, now, Optional.of(first));
    }
    try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
      file.seek(3000);
      int was = file.read();
      file.seek(3000);
      file.write(was ^ 1);
    }
    try (ObjectStore store = ObjectStore.open(directory)) {
      assertThatThrownBy(() -> store.read(second, ObjectType.CHUNK))
          .isInstanceOf(CorruptObjectException.class)
          .hasMessageContaining(second.toHex())
          .hasMessageContaining(first.toHex());
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).damage())
          .anyMatch(damage -> damage.object().equals(Optional.of(first)))
          .anyMatch(damage -> damage.object().equals(Optional.of(second)));
      // What took the place of the base cannot bring it back as a difference to itself.
      put(store, old, Optional.of(second));
      assertHas(store, first, old);
      assertHas(store, second, now);
    }
  }
}
