package io.dotfs.objectstore.graph;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import java.util.HashSet;
import java.util.Set;

/**
 * Remembers which objects a walk has visited: all nodes, and the last chunks. About 100 bytes an
 * id, so at most {@code 200 * window} bytes for chunks; of nodes there is one to 64 chunks, or one
 * to 64 small files. Not thread safe.
 */
final class SeenObjects {
  /** Chunks that are remembered at least. */
  static final int DEFAULT_WINDOW = 1 << 19;

  private final int window;
  private final Set<ObjectId> nodes = new HashSet<>();
  private Set<ObjectId> chunks = new HashSet<>();
  private Set<ObjectId> olderChunks = new HashSet<>();

  SeenObjects(int window) {
    this.window = window;
  }

  boolean contains(ObjectId id) {
    return nodes.contains(id) || chunks.contains(id) || olderChunks.contains(id);
  }

  void add(ObjectId id, ObjectType type) {
    if (type != ObjectType.CHUNK) {
      nodes.add(id);
      return;
    }
    chunks.add(id);
    if (chunks.size() >= window) {
      olderChunks = chunks;
      chunks = new HashSet<>();
    }
  }
}
