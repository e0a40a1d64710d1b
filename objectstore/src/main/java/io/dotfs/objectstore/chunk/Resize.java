package io.dotfs.objectstore.chunk;

/**
 * What became of a file's size since the base version.
 *
 * @param keptBytes the base's bytes from here on are gone for good: the least size that the file
 *     has had in between
 * @param sizeBytes its size now
 */
public record Resize(long keptBytes, long sizeBytes) {
  public Resize {
    if (keptBytes < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException("kept " + keptBytes + ", size " + sizeBytes);
    }
  }

  /** Grown, or cut once: what lies beneath the new size is kept. */
  public static Resize to(long sizeBytes) {
    return new Resize(sizeBytes, sizeBytes);
  }
}
