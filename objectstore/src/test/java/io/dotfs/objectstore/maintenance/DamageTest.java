package io.dotfs.objectstore.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.objectstore.store.StoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every byte of a small store is damaged in turn: found by name, never served. */
class DamageTest {
  private static final StoreOptions NO_CACHE = new StoreOptions(3, 0, 0, 1 << 18);

  @TempDir private Path directory;
  private final Map<ObjectId, ByteBuffer> objects = new LinkedHashMap<>();
  private Path pack;
  private Path index;

  @BeforeEach
  void fill() throws Exception {
    Random random = new Random(5);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE);
        PackWriter writer = store.begin()) {
      for (int i = 0; i < 4; i++) {
        byte[] bytes = new byte[60 * i];
        random.nextBytes(bytes);
        if (i % 2 == 1) {
          bytes = "the same again and again ".repeat(20 * i).getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer payload = ByteBuffer.wrap(bytes);
        objects.put(writer.put(ObjectType.CHUNK, payload), payload);
      }
      writer.finish();
    }
    pack = only(".pack");
    index = only(".idx");
  }

  private Path only(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
    }
  }

  /** Reads every object: how many are right; every other one is reported with its pack. */
  private int readable(ObjectStore store) throws StoreException {
    int right = 0;
    for (Map.Entry<ObjectId, ByteBuffer> object : objects.entrySet()) {
      try {
        assertThat(store.read(object.getKey(), ObjectType.CHUNK)).isEqualTo(object.getValue());
        right++;
      } catch (CorruptObjectException e) {
        assertThat(e.id()).contains(object.getKey());
        assertThat(e.place().orElseThrow().file()).isEqualTo(pack.getFileName().toString());
        assertThat(e.getMessage()).contains(object.getKey().toHex()).contains("offset");
      }
    }
    return right;
  }

  @Test
  void everyFlippedByteOfAPackIsNamedAndTheOtherObjectsStayReadable() throws Exception {
    byte[] good = Files.readAllBytes(pack);
    Random random = new Random(1);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).isSound()).isTrue();
      for (int i = 0; i < good.length; i++) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) (1 + random.nextInt(255));
        Files.write(pack, bad);
        assertThat(readable(store)).as("byte %d", i).isGreaterThanOrEqualTo(objects.size() - 1);
        StoreVerifier.Report report = new StoreVerifier(store).verifyPacks((o, b) -> {});
        assertThat(report.damage()).as("byte %d", i).isNotEmpty();
        assertThat(report.damage().get(0).place().orElseThrow().file())
            .isEqualTo(pack.getFileName().toString());
      }
    }
  }

  @Test
  void everyTruncationOfAPackIsNamed() throws Exception {
    byte[] good = Files.readAllBytes(pack);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
      for (int length = 0; length < good.length; length++) {
        Files.write(pack, java.util.Arrays.copyOf(good, length));
        readable(store);
        StoreVerifier.Report report = new StoreVerifier(store).verifyPacks((o, b) -> {});
        assertThat(report.damage()).as("length %d", length).isNotEmpty();
      }
    }
    Files.delete(pack);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
      assertThat(readable(store)).isZero();
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).isSound()).isFalse();
    }
  }

  @Test
  void flippedBytesAndTruncationsOfAnIndexAreMendedFromThePack() throws Exception {
    byte[] good = Files.readAllBytes(index);
    for (int i = 0; i < good.length; i += 29) {
      byte[] bad = good.clone();
      bad[i] ^= 0x41;
      Files.write(index, bad);
      try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
        assertThat(readable(store)).as("byte %d", i).isEqualTo(objects.size());
      }
      assertThat(index).hasBinaryContent(good);
      Files.write(index, java.util.Arrays.copyOf(good, i));
      try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
        assertThat(readable(store)).as("length %d", i).isEqualTo(objects.size());
      }
      assertThat(index).hasBinaryContent(good);
    }
  }

  @Test
  void anIndexDamagedWhileInUseIsNamedByTheVerifier() throws Exception {
    byte[] good = Files.readAllBytes(index);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
      good[good.length / 2] ^= 1;
      Files.delete(index);
      Files.write(index, good);
      StoreVerifier.Report report = new StoreVerifier(store).verifyPacks((o, b) -> {});
      assertThat(report.damage()).hasSize(1);
      assertThat(report.damage().get(0).place().orElseThrow().file())
          .isEqualTo(index.getFileName().toString());
    }
  }

  @Test
  void aPackWithoutIndexThatIsNotWholeIsLeftAloneAndNamed() throws Exception {
    byte[] bad = Files.readAllBytes(pack);
    bad[70] ^= 1;
    Files.write(pack, bad);
    Files.delete(index);
    try (ObjectStore store = ObjectStore.open(directory, NO_CACHE)) {
      assertThat(store.unusablePacks()).hasSize(1);
      assertThat(store.unusablePacks().keySet().iterator().next().getFileName())
          .isEqualTo(pack.getFileName());
      assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).isSound()).isFalse();
      try (PackWriter writer = store.begin()) {
        ObjectId id = writer.put(ObjectType.CHUNK, ByteBuffer.wrap(new byte[] {1}));
        writer.finish();
        assertThat(store.read(id, ObjectType.CHUNK).get(0)).isEqualTo((byte) 1);
      }
    }
    assertThat(pack).exists();
  }
}
