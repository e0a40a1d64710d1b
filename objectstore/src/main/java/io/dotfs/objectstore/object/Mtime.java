package io.dotfs.objectstore.object;

/**
 * A modification time: seconds since the epoch, possibly negative, and the nanoseconds within that
 * second.
 */
public record Mtime(long seconds, int nanos) implements Comparable<Mtime> {
  /** 1970-01-01T00:00:00Z. */
  public static final Mtime EPOCH = new Mtime(0, 0);

  public Mtime {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds of a second: " + nanos);
    }
  }

  @Override
  public int compareTo(Mtime other) {
    int order = Long.compare(seconds, other.seconds);
    return order != 0 ? order : Integer.compare(nanos, other.nanos);
  }
}
