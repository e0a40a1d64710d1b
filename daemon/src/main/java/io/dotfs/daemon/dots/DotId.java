package io.dotfs.daemon.dots;

/** A dot with its namespace; both obey the grammar of {@link FullName}. */
public record DotId(String namespace, String dot) implements Comparable<DotId> {
  /** Where dots live that are named without a namespace. */
  public static final String DEFAULT_NAMESPACE = "admin";

  /** Prefix of all refs of dots. */
  static final String REFS = "dots/";

  /** The part of ref names below which all refs of this dot are. */
  public String refPrefix() {
    return REFS + this;
  }

  /** Ref of a branch. */
  public String head(String branch) {
    return refPrefix() + "/heads/" + branch;
  }

  /** Ref of a tag. */
  public String tag(String tag) {
    return refPrefix() + "/tags/" + tag;
  }

  /** Ref of a remote's branch as last seen. */
  public String remote(String remote, String branch) {
    return refPrefix() + "/remotes/" + remote + "/" + branch;
  }

  /** {@code namespace/dot}. */
  @Override
  public String toString() {
    return namespace + "/" + dot;
  }

  /** As users see it: the default namespace is left out. */
  public String display() {
    return namespace.equals(DEFAULT_NAMESPACE) ? dot : toString();
  }

  @Override
  public int compareTo(DotId other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : dot.compareTo(other.dot);
  }
}
