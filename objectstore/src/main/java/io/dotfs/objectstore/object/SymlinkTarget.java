package io.dotfs.objectstore.object;

/** Where a symbolic link points: 1 to 4095 bytes without NUL (symlink(2), PATH_MAX). */
public record SymlinkTarget(ByteName target) implements EntryContent {
  public static final int MAX_BYTES = 4095;

  public SymlinkTarget {
    if (target.length() < 1 || target.length() > MAX_BYTES || target.contains((byte) 0)) {
      throw new IllegalArgumentException("not a symlink target: " + target);
    }
  }
}
