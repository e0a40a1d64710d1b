package io.dotfs.objectstore.store;

/**
 * How a store is to work.
 *
 * @param zstdLevel compression of new objects, 1 to 19
 * @param nodeCacheBytes heap for payloads of file, directory and commit objects
 * @param chunkCacheBytes heap for payloads of chunks
 * @param objectsPerPack a writer begins a further pack after this many objects, which bounds what
 *     it keeps in memory (about 150 bytes each)
 */
public record StoreOptions(
    int zstdLevel, long nodeCacheBytes, long chunkCacheBytes, int objectsPerPack) {
  /** Level 3, 32 MiB of nodes, 32 MiB of chunks, 2^18 objects a pack. */
  public static final StoreOptions DEFAULT = new StoreOptions(3, 32L << 20, 32L << 20, 1 << 18);

  public StoreOptions {
    if (zstdLevel < 1 || zstdLevel > 19) {
      throw new IllegalArgumentException("zstd level " + zstdLevel);
    }
    if (nodeCacheBytes < 0 || chunkCacheBytes < 0) {
      throw new IllegalArgumentException("negative cache size");
    }
    if (objectsPerPack < 1 || objectsPerPack > 1 << 24) {
      throw new IllegalArgumentException("objects per pack: " + objectsPerPack);
    }
  }

  public StoreOptions withZstdLevel(int level) {
    return new StoreOptions(level, nodeCacheBytes, chunkCacheBytes, objectsPerPack);
  }
}
