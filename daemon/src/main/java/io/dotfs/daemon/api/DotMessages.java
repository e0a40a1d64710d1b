package io.dotfs.daemon.api;

import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import java.util.List;
import java.util.Optional;

/** Requests and answers about dots. */
public final class DotMessages {
  private DotMessages() {}

  /** Creates a dot; answered by its {@link DotSummary}. */
  public record InitRequest(String dot) {}

  /** Asks for all dots. */
  public record ListRequest() {}

  public record ListReply(List<DotSummary> dots) {}

  /**
   * A line of {@code dm list}.
   *
   * @param name {@code namespace/dot}
   * @param branch the one that is checked out
   * @param server see {@link ServerMessages.PingReply}
   * @param containers names of containers that use it
   * @param sizeBytes of the working data, 0 for none
   * @param commits reachable from the branch
   * @param dirtyBytes changed since the last commit, 0 for none
   */
  public record DotSummary(
      String name,
      String namespace,
      String dot,
      String branch,
      String server,
      List<String> containers,
      long sizeBytes,
      long commits,
      long dirtyBytes) {
    /** The same with the names of containers. */
    public DotSummary withContainers(List<String> names) {
      return new DotSummary(
          name, namespace, dot, branch, server, names, sizeBytes, commits, dirtyBytes);
    }
  }

  /**
   * Asks for the state of a dot.
   *
   * @param openFiles also look for processes that have something open on its mounts
   */
  public record StatusRequest(DotSelector selector, boolean openFiles) {}

  /**
   * State of a dot on one branch.
   *
   * @param name {@code namespace/dot}
   * @param checkedOut true if {@code branch} is the dot's checked-out one
   * @param head id of the last commit, absent before the first
   * @param containers those that use its mounts, pinned ones included
   */
  public record StatusReply(
      String name,
      String branch,
      boolean checkedOut,
      Optional<String> head,
      long commits,
      String server,
      boolean systemDaemon,
      Optional<Upstream> upstream,
      List<SubdotStatus> subdots,
      List<OpenFile> openFiles,
      List<ContainerUse> containers) {
    public StatusReply(
        String name,
        String branch,
        boolean checkedOut,
        Optional<String> head,
        long commits,
        String server,
        boolean systemDaemon,
        Optional<Upstream> upstream,
        List<SubdotStatus> subdots,
        List<OpenFile> openFiles) {
      this(
          name,
          branch,
          checkedOut,
          head,
          commits,
          server,
          systemDaemon,
          upstream,
          subdots,
          openFiles,
          List.of());
    }
  }

  /** A container that runs, and the subdots that it uses. */
  public record ContainerUse(String name, String image, List<String> subdots) {}

  /** One subdot of a status. {@code changedFiles} counts the files that are dirty. */
  public record SubdotStatus(
      String subdot, long sizeBytes, long dirtyBytes, long changedFiles, List<MountInfo> mounts) {}

  /**
   * Something that a process has open on a mount.
   *
   * @param how {@code file}, {@code directory}, {@code working directory}, {@code root} or {@code
   *     mapping}
   * @param path as the kernel names it
   */
  public record OpenFile(long pid, String command, String how, String path, String subdot) {}

  /** Where a branch goes by default. */
  public record Upstream(String remote, String dot) {}

  public record DotShowRequest(Optional<String> dot) {}

  /** All about a dot; branches hold the remotes' as well. */
  public record DotShowReply(
      DotSummary summary,
      Optional<String> head,
      Optional<Upstream> upstream,
      List<BranchInfo> branches,
      List<BranchInfo> remoteBranches,
      List<TagInfo> tags,
      List<MountInfo> mounts) {}

  /** Gives a dot that is not mounted another name; both are {@code [namespace/]dot}. */
  public record DotRenameRequest(String oldName, String newName) {}

  /**
   * Makes a dot that begins with all branches and tags of another one; what is uncommitted there
   * stays there.
   */
  public record ForkRequest(String source, String newName) {}

  /** Deletes a dot; refused while it is mounted. */
  public record DotDeleteRequest(String dot) {}

  public record SetUpstreamRequest(Optional<String> dot, Upstream upstream) {}
}
