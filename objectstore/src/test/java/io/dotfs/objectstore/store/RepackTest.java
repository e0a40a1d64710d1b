package io.dotfs.objectstore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.maintenance.StoreVerifier;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.Pack;
import io.dotfs.objectstore.pack.PackWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many small packs become few, and nothing else changes. */
final class RepackTest {
  @TempDir private Path directory;
  private final Random random = new Random(1);

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One pack of new objects. */
  private void pack(ObjectStore store, int objects, int length, Map<ObjectId, byte[]> model)
      throws StoreException {
    Map<ObjectId, byte[]> added = new HashMap<>();
    try (PackWriter writer = store.begin()) {
      for (int i = 0; i < objects; i++) {
        byte[] bytes = bytes(length);
        added.put(writer.put(ObjectType.CHUNK, ByteBuffer.wrap(bytes)), bytes);
      }
      writer.finish();
    }
    model.putAll(added);
  }

  private static void check(ObjectReader store, Map<ObjectId, byte[]> model) throws StoreException {
    for (Map.Entry<ObjectId, byte[]> object : model.entrySet()) {
      assertThat(store.read(object.getKey(), ObjectType.CHUNK))
          .isEqualTo(ByteBuffer.wrap(object.getValue()));
    }
  }

  @Test
  void hundredsOfCommitsLeaveAHandfulOfPacks() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    int merged = 0;
    try (ObjectStore store = ObjectStore.open(directory)) {
      for (int i = 0; i < 300; i++) {
        pack(store, 1 + random.nextInt(4), 10 + random.nextInt(5000), model);
        merged += store.repack(() -> false);
        assertThat(store.packs().size()).isLessThan(3 * RepackChoice.PACKS_A_TIER);
      }
      // A byte is copied once a tier, not at every merge.
      assertThat(merged).isLessThan(2 * 300);
      check(store, model);
      assertThat(new StoreVerifier(store).verifyPacks((objects, bytes) -> {}).isSound()).isTrue();
    }
    try (ObjectStore store = ObjectStore.open(directory)) {
      assertThat(store.unusablePacks()).isEmpty();
      check(store, model);
    }
  }

  @Test
  void objectsKeepTheirOrder() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    try (ObjectStore store = ObjectStore.open(directory)) {
      List<ObjectId> order = new ArrayList<>();
      for (int i = 0; i < RepackChoice.PACKS_A_TIER; i++) {
        pack(store, 20, 100, model);
        order.addAll(store.packs().get(0).idsInOrder());
      }
      assertThat(store.repack(() -> false)).isEqualTo(RepackChoice.PACKS_A_TIER);
      assertThat(store.packs()).hasSize(1);
      assertThat(store.packs().get(0).idsInOrder()).isEqualTo(order);
    }
  }

  @Test
  void readersWritersAndVerificationGoOnMeanwhile() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (ObjectStore store = ObjectStore.open(directory, new StoreOptions(3, 0, 0, 1 << 18))) {
      List<Future<?>> running = new ArrayList<>();
      running.add(
          threads.submit(
              () -> {
                while (!done.get()) {
                  check(store, Map.copyOf(model));
                  rounds.incrementAndGet();
                }
                return rounds;
              }));
      running.add(
          threads.submit(
              () -> {
                while (!done.get()) {
                  assertThat(new StoreVerifier(store).verifyPacks((o, b) -> {}).damage()).isEmpty();
                }
                return rounds;
              }));
      running.add(
          threads.submit(
              () -> {
                while (!done.get()) {
                  store.repack(() -> false);
                }
                return rounds;
              }));
      int writes = 0;
      while (writes < 150 || rounds.get() < 3) {
        if (running.stream().anyMatch(Future::isDone)) {
          break;
        }
        pack(store, 1, 3000, model);
        writes++;
      }
      done.set(true);
      for (Future<?> each : running) {
        each.get();
      }
      check(store, model);
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsDamagedStaysWhereItIsAndTheRestIsMerged() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    Path broken;
    ObjectId lost;
    try (ObjectStore store = ObjectStore.open(directory)) {
      for (int i = 0; i < RepackChoice.PACKS_A_TIER; i++) {
        pack(store, 3, 1000, model);
      }
      Pack pack = store.packs().get(3);
      broken = directory.resolve(pack.name());
      lost = pack.idsInOrder().get(1);
    }
    byte[] content = Files.readAllBytes(broken);
    content[16 + 1048 + 100] ^= 1;
    Files.write(broken, content);
    try (ObjectStore store = ObjectStore.open(directory)) {
      assertThat(store.repack(() -> false)).isEqualTo(RepackChoice.PACKS_A_TIER - 1);
      assertThat(broken).exists();
      assertThatThrownBy(() -> store.read(lost, ObjectType.CHUNK))
          .isInstanceOf(CorruptObjectException.class);
      byte[] good = model.remove(lost);
      check(store, model);
      // Whoever stores it again heals the store.
      try (PackWriter writer = store.begin()) {
        writer.put(ObjectType.CHUNK, ByteBuffer.wrap(good));
        writer.finish();
      }
      model.put(lost, good);
      check(store, model);
    }
  }

  @Test
  void aPackThatIsLikeTheMergedOneIsNotRemoved() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    try (ObjectStore store = ObjectStore.open(directory.resolve("a"))) {
      pack(store, RepackChoice.PACKS_A_TIER, 500, model);
      for (ObjectId id : store.packs().get(0).idsInOrder()) {
        Path other = directory.resolve(id.toHex());
        try (ObjectStore one = ObjectStore.open(other);
            PackWriter writer = one.begin()) {
          writer.putStored(store.readStored(id));
          writer.finish();
        }
        store.link(other);
      }
      String name = store.packs().get(store.packs().size() - 1).name();
      store.repack(() -> false);
      assertThat(store.packs()).extracting(Pack::name).containsExactly(name);
      check(store, model);
    }
    try (ObjectStore store = ObjectStore.open(directory.resolve("a"))) {
      check(store, model);
    }
  }

  @Test
  void oneThatIsToldToStopLeavesEverythingAsItWas() throws Exception {
    Map<ObjectId, byte[]> model = new ConcurrentHashMap<>();
    try (ObjectStore store = ObjectStore.open(directory)) {
      for (int i = 0; i < RepackChoice.PACKS_A_TIER; i++) {
        pack(store, 3, 1000, model);
      }
      List<Pack> before = store.packs();
      AtomicInteger asked = new AtomicInteger();
      assertThat(store.repack(() -> asked.incrementAndGet() > 10)).isZero();
      assertThat(store.packs()).isEqualTo(before);
      check(store, model);
    }
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }
}
