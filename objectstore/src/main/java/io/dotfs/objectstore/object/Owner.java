package io.dotfs.objectstore.object;

/** Numeric owner and group of a file; both are unsigned 32-bit values. */
public record Owner(int uid, int gid) {
  /** The superuser and its group. */
  public static final Owner ROOT = new Owner(0, 0);
}
