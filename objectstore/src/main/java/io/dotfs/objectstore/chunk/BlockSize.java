package io.dotfs.objectstore.chunk;

/**
 * The size of the fixed, aligned blocks that a file is cut into.
 *
 * @param log2 the exponent, 9 to 22
 */
public record BlockSize(int log2) {
  /** 16 KiB: one PostgreSQL write of two pages, one chunk of a few KiB compressed. */
  public static final BlockSize DEFAULT = new BlockSize(14);

  public static final int MIN_LOG2 = 9;
  public static final int MAX_LOG2 = 22;

  public BlockSize {
    if (log2 < MIN_LOG2 || log2 > MAX_LOG2) {
      throw new IllegalArgumentException("block size 2^" + log2);
    }
  }

  /** The size in bytes. */
  public int bytes() {
    return 1 << log2;
  }

  /** The block that holds the byte at {@code offsetBytes}. */
  public long indexOf(long offsetBytes) {
    return offsetBytes >>> log2;
  }

  /** Offset of block {@code index}. */
  public long offsetOf(long index) {
    return index << log2;
  }

  /** How many blocks a file of {@code sizeBytes} has. */
  public long count(long sizeBytes) {
    return sizeBytes == 0 ? 0 : indexOf(sizeBytes - 1) + 1;
  }

  /**
   * Length of block {@code index} in a file of {@code sizeBytes}: less than whole only for the
   * last.
   */
  public int lengthOf(long index, long sizeBytes) {
    return (int) Math.min(bytes(), sizeBytes - offsetOf(index));
  }
}
