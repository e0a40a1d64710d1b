package io.dotfs.daemon.mounts;

import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.MountMessages.Owner;
import java.util.Optional;

/**
 * One place where a subdot is shown, as it was asked for; recorded in the home so that it can be
 * made again.
 *
 * @param directory absolute, without symbolic links
 * @param dot {@code namespace/dot}
 * @param branch whose working data is shown; of a commit, the branch that was named with it
 * @param pinned true if checkout leaves it alone
 * @param at hex id of a commit that is shown instead
 * @param readOnly no writes here; a commit without this is a throw-away copy
 * @param as show all files as this owner's
 * @param suid set-id bits have effect
 * @param dev device nodes have effect
 */
public record MountSpec(
    String directory,
    String dot,
    String subdot,
    String branch,
    boolean pinned,
    Optional<String> at,
    boolean readOnly,
    Optional<Owner> as,
    boolean suid,
    boolean dev) {
  /** True if its data is gone with the mount. */
  public boolean isThrowAway() {
    return at.isPresent() && !readOnly;
  }

  /** The key of a throw-away copy's working tree; no branch's key has a blank. */
  public String copyKey() {
    return "copy " + directory;
  }

  /** True if it shows a branch's working data. */
  public boolean shows(String otherDot, String otherBranch) {
    return at.isEmpty() && dot.equals(otherDot) && branch.equals(otherBranch);
  }

  /** True if it goes along when the dot checks out another branch. */
  public boolean follows(String otherDot) {
    return at.isEmpty() && !pinned && dot.equals(otherDot);
  }

  /** The same place with another branch's data. */
  public MountSpec withBranch(String newBranch) {
    return new MountSpec(directory, dot, subdot, newBranch, pinned, at, readOnly, as, suid, dev);
  }

  /** The same with another subdot at another place. */
  MountSpec withPlace(String newDirectory, String newSubdot) {
    return new MountSpec(newDirectory, dot, newSubdot, branch, pinned, at, readOnly, as, suid, dev);
  }

  /** True if one file system can serve both places: one is then bound to the other. */
  boolean canShare(MountSpec other) {
    return at.isEmpty()
        && other.at.isEmpty()
        && dot.equals(other.dot)
        && subdot.equals(other.subdot)
        && branch.equals(other.branch)
        && pinned == other.pinned
        && as.equals(other.as)
        && suid == other.suid
        && dev == other.dev;
  }

  MountInfo info(Optional<String> problem) {
    return new MountInfo(directory, dot, branch, subdot, at, readOnly, pinned, as, problem);
  }
}
