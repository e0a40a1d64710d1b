package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import java.util.Optional;

/** The questions of {@link Remote} as they go over a connection. */
public enum Operation {
  DOTS("GET", false, "dots"),
  REFS("GET", true, "refs"),
  COMMITS("POST", true, "commits"),
  HAVE("POST", true, "have"),
  PUSH("POST", true, "push"),
  LIST("POST", true, "list"),
  FETCH("POST", true, "fetch");

  /** The media type of every request and answer. */
  public static final String MEDIA_TYPE = "application/x-dotfs";

  private static final String PREFIX = "/v1/";
  private final String method;
  private final boolean ofDot;
  private final String word;

  Operation(String method, boolean ofDot, String word) {
    this.method = method;
    this.ofDot = ofDot;
    this.word = word;
  }

  /** The HTTP method. */
  public String method() {
    return method;
  }

  /** The path on a hub: {@code /v1/dots} or {@code /v1/dot/NAMESPACE/DOT/WORD}. */
  public String path(Optional<DotName> dot) {
    return PREFIX + (ofDot ? "dot/" + dot.orElseThrow() + "/" + word : word);
  }

  /**
   * A request's operation and dot.
   *
   * @param operation what is asked
   * @param dot about which dot; absent for {@link #DOTS}
   */
  public record Target(Operation operation, Optional<DotName> dot) {}

  /** What a method and an undecoded path ask for, if they ask for anything. */
  public static Optional<Target> parse(String method, String path) {
    if (!path.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String[] parts = path.substring(PREFIX.length()).split("/", -1);
    boolean ofDot = parts.length == 4 && parts[0].equals("dot");
    for (Operation operation : values()) {
      if (operation.method.equals(method)
          && operation.ofDot == ofDot
          && operation.word.equals(parts[parts.length - 1])) {
        if (!ofDot) {
          return parts.length == 1
              ? Optional.of(new Target(operation, Optional.empty()))
              : Optional.empty();
        }
        return DotName.isPart(parts[1]) && DotName.isPart(parts[2])
            ? Optional.of(new Target(operation, Optional.of(new DotName(parts[1], parts[2]))))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
