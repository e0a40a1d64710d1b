package io.dotfs.objectstore.object;

/**
 * Sums over everything beneath a directory, at any depth. Names of one hard-linked file count each.
 *
 * @param bytes sizes of regular files
 * @param files entries that are no directories
 * @param directories subdirectories
 * @param linkedNames entries with a link group
 */
public record Totals(long bytes, long files, long directories, long linkedNames) {
  /** Of an empty directory. */
  public static final Totals ZERO = new Totals(0, 0, 0, 0);

  public Totals {
    if (bytes < 0 || files < 0 || directories < 0 || linkedNames < 0) {
      throw new IllegalArgumentException("negative totals");
    }
  }

  /** Adds up; a sum beyond 2^63 - 1 (sparse files may claim that much) stays there. */
  public Totals plus(Totals other) {
    return new Totals(
        sum(bytes, other.bytes),
        sum(files, other.files),
        sum(directories, other.directories),
        sum(linkedNames, other.linkedNames));
  }

  static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
