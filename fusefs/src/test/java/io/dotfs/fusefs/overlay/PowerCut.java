package io.dotfs.fusefs.overlay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Makes a closed home look as if the machine had lost power and started again. */
public final class PowerCut {
  private PowerCut() {}

  public static void simulate(Path home) throws Exception {
    try (MetaStore store = RocksMetaStore.open(home.resolve("meta"));
        MetaBatch batch = store.newBatch()) {
      batch.delete(Table.META, "clean-stop".getBytes(StandardCharsets.US_ASCII));
      batch.put(
          Table.META,
          "boot-id".getBytes(StandardCharsets.US_ASCII),
          "another".getBytes(StandardCharsets.US_ASCII));
      store.write(batch);
    }
  }
}
