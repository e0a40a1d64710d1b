package io.dotfs.objectstore.object;

/**
 * Sums over everything beneath a directory, at any depth. Names of one hard-linked file count each.
 *
 * @param bytes sizes of regular files
 * @param files entries that are no directories
 * @param directories subdirectories
 */
public record Totals(long bytes, long files, long directories) {
  /** Of an empty directory. */
  public static final Totals ZERO = new Totals(0, 0, 0);

  public Totals {
    if (bytes < 0 || files < 0 || directories < 0) {
      throw new IllegalArgumentException("negative totals");
    }
  }

  /**
   * Adds up.
   *
   * @throws ArithmeticException if a sum exceeds 2^63 - 1
   */
  public Totals plus(Totals other) {
    return new Totals(
        Math.addExact(bytes, other.bytes),
        Math.addExact(files, other.files),
        Math.addExact(directories, other.directories));
  }
}
