package io.dotfs.objectstore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.codec.ObjectHasher;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.pack.PutStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
  @TempDir private Path directory;

  private static ByteBuffer payload(int seed, int length, boolean compressible) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    if (compressible) {
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (bytes[i] & 3);
      }
    }
    return ByteBuffer.wrap(bytes);
  }

  private static Map<ObjectId, ByteBuffer> fill(ObjectStore store, int from, int count)
      throws StoreException {
    Map<ObjectId, ByteBuffer> objects = new HashMap<>();
    try (PackWriter writer = store.begin()) {
      for (int i = from; i < from + count; i++) {
        ByteBuffer payload = payload(i, 10 * (i % 500), i % 2 == 0);
        objects.put(writer.put(ObjectType.CHUNK, payload), payload);
      }
      writer.finish();
    }
    return objects;
  }

  private static void check(ObjectReader reader, Map<ObjectId, ByteBuffer> objects)
      throws StoreException {
    for (Map.Entry<ObjectId, ByteBuffer> object : objects.entrySet()) {
      assertThat(reader.read(object.getKey(), ObjectType.CHUNK)).isEqualTo(object.getValue());
      assertThat(reader.contains(object.getKey())).isTrue();
      assertThat(reader.info(object.getKey()).orElseThrow().lengthBytes())
          .isEqualTo(object.getValue().remaining());
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatWasPutIsReadBackFromThisAndFromALaterOpening() throws Exception {
    Map<ObjectId, ByteBuffer> objects;
    try (ObjectStore store = ObjectStore.open(directory)) {
      objects = fill(store, 0, 300);
      check(store, objects);
      check(store, objects);
    }
    try (ObjectStore store = ObjectStore.open(directory)) {
      check(store, objects);
      objects.putAll(fill(store, 300, 300));
      check(store, objects);
      assertThat(store.packs()).hasSize(2);
    }
    assertThat(files()).hasSize(6);
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void partsOfAPayloadAreReadAtAnyOffset() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory);
        PackWriter writer = store.begin()) {
      ByteBuffer payload = payload(1, 1000, true);
      ObjectId id = writer.put(ObjectType.CHUNK, payload);
      writer.finish();
      ByteBuffer target = ByteBuffer.allocate(300);
      assertThat(store.read(id, ObjectType.CHUNK, 800, target)).isEqualTo(200);
      assertThat(target.flip()).isEqualTo(payload.slice(800, 200));
      assertThat(store.read(id, ObjectType.CHUNK, 1000, target.clear())).isZero();
      assertThat(store.read(id, ObjectType.CHUNK, 1, target.clear())).isEqualTo(300);
    }
  }

  @Test
  void directReadOnlyAndOffsetBuffersGiveTheSameId() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory);
        PackWriter writer = store.begin()) {
      ByteBuffer payload = payload(9, 5000, true);
      ByteBuffer direct = ByteBuffer.allocateDirect(5000).put(payload.duplicate()).flip();
      ByteBuffer offset = ByteBuffer.allocate(6000).position(500).put(payload.duplicate()).flip();
      offset.position(500);
      ObjectId id = writer.put(ObjectType.CHUNK, payload);
      assertThat(writer.put(ObjectType.CHUNK, direct)).isEqualTo(id);
      assertThat(writer.put(ObjectType.CHUNK, offset)).isEqualTo(id);
      assertThat(writer.put(ObjectType.CHUNK, payload.asReadOnlyBuffer())).isEqualTo(id);
      assertThat(writer.put(ObjectType.TAG, payload)).isNotEqualTo(id);
      assertThat(offset.position()).isEqualTo(500);
      assertThat(direct.position()).isZero();
      assertThat(writer.finish().presentObjects()).isEqualTo(3);
      check(store, Map.of(id, payload));
    }
  }

  @Test
  void nothingIsVisibleBeforeFinishAndNothingRemainsAfterAbort() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      PackWriter writer = store.begin();
      ByteBuffer payload = payload(1, 100, true);
      ObjectId id = writer.put(ObjectType.CHUNK, payload);
      assertThat(store.contains(id)).isFalse();
      assertThatThrownBy(() -> store.read(id, ObjectType.CHUNK))
          .isInstanceOf(MissingObjectException.class);
      check(writer.reader(), Map.of(id, payload));
      check(writer.pending(), Map.of(id, payload));
      writer.abort();
      assertThat(store.contains(id)).isFalse();
      assertThatThrownBy(() -> writer.put(ObjectType.CHUNK, payload))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(files()).containsExactly("format", "tmp");
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void objectsAreStoredOnce() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      fill(store, 10, 100);
      try (PackWriter writer = store.begin()) {
        for (int round = 0; round < 2; round++) {
          for (int i = 60; i < 160; i++) {
            writer.put(ObjectType.CHUNK, payload(i, 10 * (i % 500), i % 2 == 0));
          }
        }
        PutStatistics statistics = writer.finish();
        assertThat(statistics.objects()).isEqualTo(50);
        assertThat(statistics.presentObjects()).isEqualTo(150);
      }
      try (PackWriter writer = store.begin()) {
        writer.put(ObjectType.CHUNK, payload(60, 600, true));
        assertThat(writer.finish().objects()).isZero();
      }
      assertThat(store.packs()).hasSize(2);
    }
  }

  @Test
  void manyThreadsPutAtOnceAcrossSeveralPacks() throws Exception {
    StoreOptions options = new StoreOptions(1, 1 << 20, 1 << 20, 37);
    Map<ObjectId, ByteBuffer> expected = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      ByteBuffer payload = payload(i, i * 3, i % 3 == 0);
      expected.put(ObjectHasher.hash(ObjectType.CHUNK, payload), payload);
    }
    try (ObjectStore store = ObjectStore.open(directory, options);
        PackWriter writer = store.begin()) {
      ExecutorService pool = Executors.newFixedThreadPool(4);
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int seed = thread;
        done.add(
            pool.submit(
                () -> {
                  List<Map.Entry<ObjectId, ByteBuffer>> mine = new ArrayList<>(expected.entrySet());
                  java.util.Collections.shuffle(mine, new Random(seed));
                  for (Map.Entry<ObjectId, ByteBuffer> object : mine) {
                    ObjectId id = writer.put(ObjectType.CHUNK, object.getValue());
                    assertThat(id).isEqualTo(object.getKey());
                    assertThat(writer.reader().read(id, ObjectType.CHUNK))
                        .isEqualTo(object.getValue());
                  }
                  return null;
                }));
      }
      for (Future<?> future : done) {
        future.get();
      }
      pool.shutdown();
      PutStatistics statistics = writer.finish();
      assertThat(statistics.objects() + statistics.presentObjects()).isEqualTo(4000);
      check(store, expected);
      assertThat(store.packs()).hasSizeGreaterThan(25);
    }
    try (ObjectStore store = ObjectStore.open(directory, options)) {
      check(store, expected);
    }
  }

  @Test
  void storedFormsMoveBetweenStoresAndAreVerified() throws Exception {
    try (ObjectStore from = ObjectStore.open(directory.resolve("a"));
        ObjectStore to = ObjectStore.open(directory.resolve("b"))) {
      Map<ObjectId, ByteBuffer> objects = fill(from, 0, 50);
      try (PackWriter writer = to.begin()) {
        for (ObjectId id : objects.keySet()) {
          assertThat(writer.putStored(from.readStored(id))).isTrue();
          assertThat(writer.putStored(from.readStored(id))).isFalse();
        }
        writer.finish();
      }
      check(to, objects);
      try (PackWriter writer = to.begin()) {
        ObjectId again = objects.keySet().iterator().next();
        assertThat(writer.pending().contains(again)).isFalse();
        assertThat(writer.putStored(from.readStored(again))).isFalse();
        check(writer.pending(), Map.of(again, objects.get(again)));
      }
    }
  }

  @Test
  void aStoredFormThatIsNotWhatItsIdNamesIsRefused() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory);
        PackWriter writer = store.begin()) {
      ByteBuffer payload = payload(3, 4000, true);
      ObjectId id = writer.put(ObjectType.CHUNK, payload);
      StoredObject good = writer.pending().readStored(id);
      assertThat(good.encoding()).isEqualTo(Encoding.ZSTD);
      ObjectId other = ObjectHasher.hash(ObjectType.TAG, payload);
      List<StoredObject> lies =
          List.of(
              new StoredObject(other, good.type(), 4000, good.encoding(), good.bytes()),
              new StoredObject(id, ObjectType.TAG, 4000, good.encoding(), good.bytes()),
              new StoredObject(id, good.type(), 3999, good.encoding(), good.bytes()),
              new StoredObject(id, good.type(), 1 << 22, good.encoding(), good.bytes()),
              new StoredObject(id, good.type(), 4000, good.encoding(), good.bytes().limit(90)),
              new StoredObject(other, good.type(), 4000, Encoding.RAW, payload));
      for (StoredObject lie : lies) {
        assertThatThrownBy(() -> writer.putStored(lie)).isInstanceOf(CorruptObjectException.class);
      }
      assertThat(writer.statistics().objects()).isEqualTo(1);
    }
  }

  @Test
  void oversizedPayloadsAreRefused() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory);
        PackWriter writer = store.begin()) {
      ByteBuffer large = ByteBuffer.allocate(ObjectType.CHUNK.maxLengthBytes() + 1);
      assertThatThrownBy(() -> writer.put(ObjectType.CHUNK, large))
          .isInstanceOf(IllegalArgumentException.class);
      ByteBuffer largest = large.limit(ObjectType.CHUNK.maxLengthBytes());
      ObjectId id = writer.put(ObjectType.CHUNK, largest);
      writer.finish();
      check(store, Map.of(id, largest));
    }
  }

  @Test
  void twoOpeningsOfOneDirectorySeeEachOther() throws Exception {
    try (ObjectStore one = ObjectStore.open(directory);
        ObjectStore other = ObjectStore.open(directory)) {
      for (int round = 0; round < 5; round++) {
        check(other, fill(one, round * 10, 10));
        check(one, fill(other, 1000 + round * 10, 10));
      }
    }
  }

  @Test
  void leftoversOfDeadWritersGoAndThoseOfLivingOnesStay() throws Exception {
    Path temporaries = Files.createDirectory(directory.resolve("tmp"));
    Path dead = temporaries.resolve("0".repeat(32) + "-1.pack");
    Path deadIndex = temporaries.resolve("0".repeat(32) + "-1.idx");
    Files.write(dead, new byte[100]);
    Files.write(deadIndex, new byte[100]);
    try (ObjectStore store = ObjectStore.open(directory)) {
      assertThat(dead).doesNotExist();
      assertThat(deadIndex).doesNotExist();
      PackWriter writer = store.begin();
      ByteBuffer payload = payload(1, 100, true);
      ObjectId id = writer.put(ObjectType.CHUNK, payload);
      ObjectStore.open(directory).close();
      assertThat(temporaries).isDirectoryContaining("glob:**.pack");
      writer.finish();
      check(store, Map.of(id, payload));
    }
  }

  @Test
  void aWholePackWithoutIndexIsIndexedAndADamagedIndexIsWrittenAgain() throws Exception {
    Map<ObjectId, ByteBuffer> objects;
    try (ObjectStore store = ObjectStore.open(directory)) {
      objects = fill(store, 0, 100);
    }
    Path index;
    try (Stream<Path> files = Files.list(directory)) {
      index = files.filter(file -> file.toString().endsWith(".idx")).findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(index);
    Files.delete(index);
    try (ObjectStore store = ObjectStore.open(directory)) {
      check(store, objects);
    }
    assertThat(index).hasBinaryContent(good);
    byte[] bad = good.clone();
    bad[2000] ^= 4;
    Files.write(index, bad);
    try (ObjectStore store = ObjectStore.open(directory)) {
      check(store, objects);
    }
    assertThat(index).hasBinaryContent(good);
  }

  @Test
  void anInterruptedThreadStillReadsAndDisturbsNobody() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory, new StoreOptions(3, 0, 0, 1 << 18))) {
      Map<ObjectId, ByteBuffer> objects = fill(store, 0, 20);
      Thread.currentThread().interrupt();
      check(store, objects);
      assertThat(Thread.interrupted()).isTrue();
      check(store, objects);
    }
  }

  @Test
  void aWriterStaysFailedAfterItsFirstError() throws Exception {
    Path place = directory.resolve("store");
    try (ObjectStore store = ObjectStore.open(place);
        PackWriter writer = store.begin()) {
      Path moved = directory.resolve("moved");
      Files.move(place, moved);
      assertThatThrownBy(() -> writer.put(ObjectType.CHUNK, payload(1, 10, true)))
          .isInstanceOf(StorageException.class);
      Files.move(moved, place);
      assertThatThrownBy(() -> writer.put(ObjectType.CHUNK, payload(1, 10, true)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("has failed");
      assertThatThrownBy(writer::finish).isInstanceOf(StorageException.class);
      assertThat(store.packs()).isEmpty();
    }
  }

  @Test
  void whatIsDamagedOrCutOffIsStoredAgainAndThenReadable() throws Exception {
    StoreOptions noCache = new StoreOptions(3, 0, 0, 1 << 18);
    ByteBuffer payload = payload(7, 700, true);
    ObjectId id;
    Path pack;
    try (ObjectStore store = ObjectStore.open(directory, noCache)) {
      try (PackWriter writer = store.begin()) {
        id = writer.put(ObjectType.CHUNK, payload);
        writer.finish();
      }
      pack = directory.resolve(store.packs().get(0).name());
      byte[] bytes = Files.readAllBytes(pack);
      bytes[100] ^= 1;
      Files.write(pack, bytes);
      assertThat(store.contains(id)).isTrue();
      assertThatThrownBy(() -> store.read(id, ObjectType.CHUNK))
          .isInstanceOf(CorruptObjectException.class);
      assertThat(store.contains(id)).isFalse();
      heal(store, payload, id);
    }
    try (ObjectStore store = ObjectStore.open(directory, noCache)) {
      check(store, Map.of(id, payload));
      for (var each : store.packs()) {
        Files.write(directory.resolve(each.name()), new byte[20]);
      }
    }
    try (ObjectStore store = ObjectStore.open(directory, noCache)) {
      assertThat(store.contains(id)).isFalse();
      heal(store, payload, id);
    }
  }

  private static void heal(ObjectStore store, ByteBuffer payload, ObjectId id) throws Exception {
    try (PackWriter writer = store.begin()) {
      assertThat(writer.put(ObjectType.CHUNK, payload)).isEqualTo(id);
      writer.finish();
    }
    check(store, Map.of(id, payload));
  }

  @Test
  void abbreviatedIdsAreResolved() throws Exception {
    try (ObjectStore store = ObjectStore.open(directory)) {
      Map<ObjectId, ByteBuffer> objects = fill(store, 0, 300);
      fill(store, 300, 300);
      for (ObjectId id : objects.keySet()) {
        assertThat(store.idsStartingWith(id.toHex().substring(0, 12).toUpperCase(Locale.ROOT), 2))
            .containsExactly(id);
        assertThat(store.idsStartingWith(id.toHex(), 2)).containsExactly(id);
        assertThat(store.idsStartingWith(id.toHex().substring(0, 1), 3)).hasSize(3).isSorted();
      }
      assertThatThrownBy(() -> store.idsStartingWith("xyz", 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void packsOfAQuarantineAreLinkedIn() throws Exception {
    Path quarantine = directory.resolve("quarantine");
    Path place = directory.resolve("store");
    try (ObjectStore store = ObjectStore.open(place)) {
      Map<ObjectId, ByteBuffer> objects;
      try (ObjectStore received = ObjectStore.open(quarantine)) {
        objects = fill(received, 0, 40);
        objects.putAll(fill(received, 40, 40));
        store.link(quarantine);
        store.link(quarantine);
      }
      try (Stream<Path> files = Files.list(quarantine)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
      check(store, objects);
      assertThat(store.packs()).hasSize(2);
    }
  }

  @Test
  void aLinkedPackReplacesADamagedOneOfItsName() throws Exception {
    Path quarantine = directory.resolve("quarantine");
    Path place = directory.resolve("store");
    StoreOptions noCache = new StoreOptions(3, 0, 0, 1 << 18);
    try (ObjectStore store = ObjectStore.open(place, noCache);
        ObjectStore received = ObjectStore.open(quarantine)) {
      Map<ObjectId, ByteBuffer> objects = fill(store, 3, 2);
      assertThat(fill(received, 3, 2)).isEqualTo(objects);
      Path pack = place.resolve(store.packs().get(0).name());
      Files.write(pack, new byte[50]);
      ObjectId id = objects.keySet().iterator().next();
      assertThatThrownBy(() -> store.read(id, ObjectType.CHUNK))
          .isInstanceOf(CorruptObjectException.class);
      store.link(quarantine);
      check(store, objects);
      assertThat(place.resolve("tmp")).isDirectoryNotContaining("glob:**link**");
    }
  }

  @Test
  void aNewerFormatIsRefusedWithItsVersion() throws Exception {
    ObjectStore.open(directory).close();
    Files.writeString(directory.resolve("format"), "dotfs object store 2\n");
    assertThatThrownBy(() -> ObjectStore.open(directory))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("version 2, which needs a newer dm");
  }
}
