package io.dotfs.objectstore.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.util.Optional;

/**
 * Decoded payloads, bounded in bytes: nodes and commits in one part, chunks in another, so that
 * reading a large file does not drive out the map that leads to it. Any number of threads may use
 * it.
 */
final class PayloadCache {
  private static final int OVERHEAD_BYTES = 200;

  private final Cache<ObjectId, Payload> nodes;
  private final Cache<ObjectId, Payload> chunks;

  PayloadCache(StoreOptions options) {
    nodes = cache(options.nodeCacheBytes());
    chunks = cache(options.chunkCacheBytes());
  }

  /** A payload with its type; the array is never changed. */
  static final class Payload {
    private final ObjectType type;
    private final byte[] bytes;

    Payload(ObjectType type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private static Cache<ObjectId, Payload> cache(long bytes) {
    return Caffeine.newBuilder()
        .maximumWeight(bytes)
        .weigher((ObjectId id, Payload payload) -> payload.bytes().length + OVERHEAD_BYTES)
        .executor(Runnable::run)
        .build();
  }

  private Cache<ObjectId, Payload> of(ObjectType type) {
    return type == ObjectType.CHUNK ? chunks : nodes;
  }

  Optional<Payload> get(ObjectId id, ObjectType type) {
    return Optional.ofNullable(of(type).getIfPresent(id));
  }

  void put(ObjectId id, Payload payload) {
    of(payload.type).put(id, payload);
  }
}
