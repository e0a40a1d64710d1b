package io.dotfs.objectstore.object;

/**
 * How many names stand in a directory itself, not beneath.
 *
 * @param entries all of them
 * @param subdirectories those that are directories: with 2 added, what {@code st_nlink} shows
 */
public record EntryCounts(long entries, long subdirectories) {
  /** Of an empty directory. */
  public static final EntryCounts ZERO = new EntryCounts(0, 0);

  public EntryCounts {
    if (subdirectories < 0 || entries < subdirectories) {
      throw new IllegalArgumentException(subdirectories + " subdirectories of " + entries);
    }
  }

  /** Adds up; a sum beyond 2^63 - 1 stays there. */
  public EntryCounts plus(EntryCounts other) {
    return new EntryCounts(
        Totals.sum(entries, other.entries), Totals.sum(subdirectories, other.subdirectories));
  }
}
