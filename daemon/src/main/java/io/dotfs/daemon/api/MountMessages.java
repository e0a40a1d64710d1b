package io.dotfs.daemon.api;

import java.util.List;
import java.util.Optional;

/** Requests and answers about mounts. */
public final class MountMessages {
  private MountMessages() {}

  /**
   * Shows a subdot as a directory.
   *
   * @param name {@code [namespace/]dot[@branch][.subdot]}; with a branch the mount is pinned to it.
   *     Without a subdot {@code __default__}; {@code .__root__} binds all subdots beneath {@code
   *     directory}
   * @param directory absolute path of an existing directory
   * @param at a commit instead of the working data
   * @param readOnly no writes; with {@code at} and without this, a throw-away writable copy
   * @param create make dot and subdot if they are not there
   * @param as show all files as this owner's
   * @param dropLocks remove lock files in a throw-away copy that name a live process
   * @param suid let set-id bits have effect (root only)
   * @param dev let device nodes have effect (root only)
   */
  public record MountRequest(
      String name,
      String directory,
      Optional<String> at,
      boolean readOnly,
      boolean create,
      Optional<Owner> as,
      boolean dropLocks,
      boolean suid,
      boolean dev) {}

  /** A numeric user and group. */
  public record Owner(int uid, int gid) {}

  /** {@code locks}: lock files found in the copy that name a live process. */
  public record MountReply(List<MountInfo> mounts, List<LockFile> locks) {}

  /**
   * A lock file of a store.
   *
   * @param path {@code subdot/path}
   * @param pid the process that it names
   * @param removed true if {@code dropLocks} removed it
   */
  public record LockFile(String path, long pid, String command, boolean removed) {}

  /** Takes away the mount at a directory; {@code force} even while it is in use. */
  public record UnmountRequest(String directory, boolean force) {}

  public record MountListRequest() {}

  public record MountListReply(List<MountInfo> mounts) {}

  /**
   * A mount.
   *
   * @param name {@code namespace/dot}
   * @param branch whose working data it shows; for {@code at} the branch that was named
   * @param at id of the commit it shows, absent for working data
   * @param pinned true if checkout leaves it alone
   * @param problem why a recorded mount is not there, absent if all is well
   */
  public record MountInfo(
      String directory,
      String name,
      String branch,
      String subdot,
      Optional<String> at,
      boolean readOnly,
      boolean pinned,
      Optional<Owner> as,
      Optional<String> problem) {}
}
