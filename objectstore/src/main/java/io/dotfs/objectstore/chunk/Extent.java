package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.object.ObjectId;
import java.util.Optional;

/**
 * A stretch of a file that is one chunk or one hole.
 *
 * @param offsetBytes where it begins in the file
 * @param lengthBytes how long it is, at least 1
 * @param chunk the chunk, of exactly that length; absent for a hole
 */
public record Extent(long offsetBytes, long lengthBytes, Optional<ObjectId> chunk) {
  /** Offset of the first byte behind it. */
  public long endBytes() {
    return offsetBytes + lengthBytes;
  }

  public boolean isHole() {
    return chunk.isEmpty();
  }
}
