package io.dotfs.fusefs.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ways to look a key up, in memory and after the data has gone to files. */
class RocksMetaStoreTest {
  private static final int KEYS = 300;
  private static final int ROUNDS = 4;

  @TempDir private Path directory;

  private static byte[] key(int number) {
    return String.format("%05d", number).getBytes(UTF_8);
  }

  private static void change(RocksMetaStore store, TreeMap<Integer, byte[]> model, Random random)
      throws Exception {
    try (MetaBatch batch = store.newBatch()) {
      for (int i = 0; i < KEYS; i++) {
        int number = random.nextInt(KEYS);
        byte[] value = new byte[random.nextInt(100)];
        random.nextBytes(value);
        switch (random.nextInt(8)) {
          case 0 -> {
            batch.deleteRange(Table.NAMES, key(number), key(number + 5));
            model.subMap(number, number + 5).clear();
          }
          case 1, 2 -> {
            batch.delete(Table.NAMES, key(number));
            model.remove(number);
          }
          default -> {
            batch.put(Table.NAMES, key(number), value);
            model.put(number, value);
          }
        }
      }
      store.write(batch);
    }
  }

  private static void compare(RocksMetaStore store, TreeMap<Integer, byte[]> model)
      throws Exception {
    for (int number = 0; number < KEYS + 5; number++) {
      Optional<byte[]> expected = Optional.ofNullable(model.get(number));
      for (Optional<byte[]> found :
          Arrays.asList(
              store.get(Table.NAMES, key(number)), store.find(Table.NAMES, key(number)))) {
        assertThat(found.isPresent()).as("key %d", number).isEqualTo(expected.isPresent());
        expected.ifPresent(value -> assertThat(found.orElseThrow()).isEqualTo(value));
      }
      assertThat(store.find(Table.INODES, key(number))).isEmpty();
    }
  }

  @Test
  void findAndGetAgree() throws Exception {
    Random random = new Random(7);
    TreeMap<Integer, byte[]> model = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      try (RocksMetaStore store = RocksMetaStore.open(directory)) {
        compare(store, model);
        change(store, model, random);
        compare(store, model);
      }
    }
    assertThat(model).isNotEmpty();
  }
}
