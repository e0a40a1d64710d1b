package io.dotfs.objectstore.object;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The extended attributes of one entry, sorted by name. Names include their name space ({@code
 * user.}, {@code security.}, {@code system.} …). Limits (xattr(7), {@code linux/limits.h}): a name
 * has 1 to 255 bytes and no NUL, a value up to 64 KiB, and all names and values together have at
 * most {@link #MAX_TOTAL_BYTES}.
 */
public record Xattrs(SortedMap<ByteName, ByteName> values) {
  public static final int MAX_NAME_BYTES = 255;
  public static final int MAX_VALUE_BYTES = 64 << 10;

  /** Room for one value of the greatest length and some small ones beside it. */
  public static final int MAX_TOTAL_BYTES = 96 << 10;

  /** No attributes. */
  public static final Xattrs NONE = new Xattrs(Collections.emptySortedMap());

  public Xattrs {
    SortedMap<ByteName, ByteName> sorted = new TreeMap<>();
    sorted.putAll(values);
    values = Collections.unmodifiableSortedMap(sorted);
    long totalBytes = 0;
    for (Map.Entry<ByteName, ByteName> value : values.entrySet()) {
      ByteName name = value.getKey();
      if (name.length() < 1 || name.length() > MAX_NAME_BYTES || name.contains((byte) 0)) {
        throw new IllegalArgumentException("not a name of an extended attribute: " + name);
      }
      if (value.getValue().length() > MAX_VALUE_BYTES) {
        throw new IllegalArgumentException("extended attribute " + name + " is too long");
      }
      totalBytes += name.length() + value.getValue().length();
    }
    if (totalBytes > MAX_TOTAL_BYTES) {
      throw new IllegalArgumentException("extended attributes of " + totalBytes + " bytes");
    }
  }

  /** Whether an entry with these names and values in all ({@code totalBytes}) can be stored. */
  public static boolean fits(long totalBytes) {
    return totalBytes <= MAX_TOTAL_BYTES;
  }

  /** Makes a sorted copy of {@code values}. */
  public static Xattrs of(Map<ByteName, ByteName> values) {
    return values.isEmpty() ? NONE : new Xattrs(new TreeMap<>(values));
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The value of {@code name}, if it is set. */
  public Optional<ByteName> get(ByteName name) {
    return Optional.ofNullable(values.get(name));
  }
}
