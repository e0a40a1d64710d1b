package io.dotfs.daemon.api;

import java.util.Optional;

/**
 * Which dot and branch a request means.
 *
 * @param dot {@code [namespace/]dot}; absent: the sole dot of the home, or the error {@link
 *     ErrorKind#NO_CURRENT_DOT} (what is current lives in the user's settings, so the client fills
 *     it in)
 * @param branch absent: the branch that the dot has checked out
 */
public record DotSelector(Optional<String> dot, Optional<String> branch) {
  /** The sole dot, on its checked-out branch. */
  public static final DotSelector SOLE = new DotSelector(Optional.empty(), Optional.empty());

  /** A dot on its checked-out branch. */
  public static DotSelector of(String dot) {
    return new DotSelector(Optional.of(dot), Optional.empty());
  }

  /** A dot and one of its branches. */
  public static DotSelector of(String dot, String branch) {
    return new DotSelector(Optional.of(dot), Optional.of(branch));
  }
}
