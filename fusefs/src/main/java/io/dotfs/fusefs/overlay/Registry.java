package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Small values that the daemon keeps in a home: what is checked out, what is mounted. Keys are
 * text, ordered by their UTF-8 bytes. Thread safe.
 */
public final class Registry {
  private final MetaStore store;

  Registry(MetaStore store) {
    this.store = store;
  }

  public Optional<byte[]> get(String key) throws IOException {
    return store.get(Table.REGISTRY, bytes(key));
  }

  /**
   * Puts (a value) and removes (an empty one) several keys at once: all of them or none, durable on
   * return.
   */
  public void update(Map<String, Optional<byte[]>> changes) throws IOException {
    try (MetaBatch batch = store.newBatch()) {
      for (Map.Entry<String, Optional<byte[]>> change : changes.entrySet()) {
        if (change.getValue().isPresent()) {
          batch.put(Table.REGISTRY, bytes(change.getKey()), change.getValue().get());
        } else {
          batch.delete(Table.REGISTRY, bytes(change.getKey()));
        }
      }
      store.sync(store.write(batch));
    }
  }

  /** All keys that begin with {@code prefix}, with their values. */
  public SortedMap<String, byte[]> list(String prefix) throws IOException {
    byte[] from = bytes(prefix);
    byte[] to = new byte[from.length + 1];
    System.arraycopy(from, 0, to, 0, from.length);
    to[from.length] = (byte) 0xff;
    SortedMap<String, byte[]> found = new TreeMap<>();
    try (MetaCursor cursor = store.cursor(Table.REGISTRY, from, to)) {
      while (cursor.next()) {
        found.put(new String(cursor.key(), StandardCharsets.UTF_8), cursor.value());
      }
    }
    return found;
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}
