package io.dotfs.objectstore.archive;

import java.util.Arrays;

/**
 * Where the bytes of a file are that an archive holds; everything else is a hole. Stretches ascend
 * and do not overlap; one of no length at the end only says where the file ends.
 */
final class SparseMap {
  /** 32 MiB of memory: a file that is cut up more than that is refused. */
  static final int MAX_STRETCHES = 2 << 20;

  private final long sizeBytes;
  private long[] offsets = new long[4];
  private long[] lengths = new long[4];
  private int count;
  private long storedBytes;

  /** An empty map of a file of {@code sizeBytes}. */
  SparseMap(long sizeBytes) throws BadArchiveException {
    if (sizeBytes < 0) {
      throw new BadArchiveException("a file of the tar has a negative size");
    }
    this.sizeBytes = sizeBytes;
  }

  /** A file without holes. */
  static SparseMap whole(long sizeBytes) throws BadArchiveException {
    SparseMap map = new SparseMap(sizeBytes);
    if (sizeBytes > 0) {
      map.add(0, sizeBytes);
    }
    return map;
  }

  /** Adds a stretch behind those that are there. */
  void add(long offset, long length) throws BadArchiveException {
    long end = count == 0 ? 0 : offsets[count - 1] + lengths[count - 1];
    if (offset < end || length < 0 || offset > sizeBytes || length > sizeBytes - offset) {
      throw new BadArchiveException("a sparse file of the tar is damaged: its parts do not fit");
    }
    if (length == 0) {
      return;
    }
    if (count == MAX_STRETCHES) {
      throw new BadArchiveException(
          "a sparse file of the tar has more than " + MAX_STRETCHES + " parts");
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    offsets[count] = offset;
    lengths[count] = length;
    count++;
    storedBytes += length;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** How many bytes the archive holds. */
  long storedBytes() {
    return storedBytes;
  }

  int count() {
    return count;
  }

  long offset(int index) {
    return offsets[index];
  }

  long length(int index) {
    return lengths[index];
  }

  /** Whether there is a hole. */
  boolean isSparse() {
    return storedBytes != sizeBytes;
  }
}
