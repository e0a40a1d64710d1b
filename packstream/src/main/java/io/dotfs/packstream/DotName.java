package io.dotfs.packstream;

import java.util.regex.Pattern;

/**
 * The full name of a dot on one side of a transfer.
 *
 * <p>Both parts match {@code [A-Za-z0-9_-]{1,64}}, so that a name is safe as a path component, in a
 * URL and in a log line, whoever sent it.
 *
 * @param namespace on a hub, the user who owns the dot
 * @param dot the dot itself
 */
public record DotName(String namespace, String dot) implements Comparable<DotName> {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public DotName {
    if (!isPart(namespace) || !isPart(dot)) {
      throw new IllegalArgumentException("invalid dot name");
    }
  }

  /**
   * Parses {@code [namespace/]dot}.
   *
   * @param defaultNamespace the namespace of a name without one
   * @throws IllegalArgumentException with the message {@code invalid dot name}
   */
  public static DotName parse(String text, String defaultNamespace) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new DotName(defaultNamespace, text)
        : new DotName(text.substring(0, slash), text.substring(slash + 1));
  }

  /** Whether {@code text} may be a namespace, a dot, a branch or a user. */
  public static boolean isPart(String text) {
    return PART.matcher(text).matches();
  }

  @Override
  public int compareTo(DotName other) {
    int order = namespace.compareTo(other.namespace);
    return order != 0 ? order : dot.compareTo(other.dot);
  }

  /** {@code namespace/dot}. */
  @Override
  public String toString() {
    return namespace + "/" + dot;
  }
}
