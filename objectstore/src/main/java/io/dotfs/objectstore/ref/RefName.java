package io.dotfs.objectstore.ref;

import java.util.regex.Pattern;

/**
 * The name of a ref, for example {@code dots/admin/shop/heads/master}: parts of {@code
 * [A-Za-z0-9_.@+-]}, none of which begins with a dot or ends with {@code .lock}, joined by slashes;
 * at most {@link #MAX_LENGTH} characters. Safe as a relative path.
 */
public record RefName(String value) implements Comparable<RefName> {
  public static final int MAX_LENGTH = 400;
  private static final Pattern SYNTAX =
      Pattern.compile("[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*(/[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*)*");

  public RefName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a ref name: " + value);
    }
  }

  /** Whether {@code value} is the name of a ref. */
  public static boolean isValid(String value) {
    return value.length() <= MAX_LENGTH
        && SYNTAX.matcher(value).matches()
        && !value.endsWith(".lock")
        && !value.contains(".lock/");
  }

  @Override
  public int compareTo(RefName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
