package io.dotfs.daemon.api;

import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import java.util.List;
import java.util.Optional;

/** Requests and answers about branches, tags and moving between them. */
public final class BranchMessages {
  private BranchMessages() {}

  public record BranchListRequest(Optional<String> dot) {}

  public record BranchListReply(
      String name, String current, List<BranchInfo> branches, List<BranchInfo> remoteBranches) {}

  /**
   * A branch.
   *
   * @param name {@code branch}, or {@code remote/branch}
   * @param current true if it is checked out
   * @param head absent before its first commit
   * @param subject first line of that commit's message, empty without one
   * @param dirtyBytes in its working data
   */
  public record BranchInfo(
      String name, boolean current, Optional<String> head, String subject, long dirtyBytes) {}

  /** Makes a branch at {@code start} (absent: HEAD); answered by {@link BranchInfo}. */
  public record BranchCreateRequest(Optional<String> dot, String name, Optional<String> start) {}

  /** Deletes a branch; without {@code force} refused where commits or data would be lost. */
  public record BranchDeleteRequest(Optional<String> dot, String name, boolean force) {}

  /** {@code head}: where the branch was, absent if it had no commit. */
  public record BranchDeleteReply(String name, Optional<String> head) {}

  /** Renames a branch; answered by {@link BranchInfo}. */
  public record BranchRenameRequest(Optional<String> dot, String oldName, String newName) {}

  /**
   * Switches every mounted subdot that follows the checked-out branch.
   *
   * @param create make the branch first, from {@code start} (absent: HEAD)
   * @param force even while processes have files open there; they then see ESTALE
   * @param carry take the uncommitted data along, to a branch at the same commit
   */
  public record CheckoutRequest(
      Optional<String> dot,
      String branch,
      boolean create,
      Optional<String> start,
      boolean force,
      boolean carry) {
    /** One that leaves the uncommitted data on its branch. */
    public CheckoutRequest(
        Optional<String> dot,
        String branch,
        boolean create,
        Optional<String> start,
        boolean force) {
      this(dot, branch, create, start, force, false);
    }
  }

  /**
   * What a checkout did.
   *
   * @param mounts the directories whose content was switched
   * @param restarted containers that were stopped for it and run again
   * @param warnings about containers that do not
   */
  public record CheckoutReply(
      String name,
      String branch,
      String previousBranch,
      Optional<String> head,
      boolean created,
      List<String> mounts,
      List<String> restarted,
      List<String> warnings) {
    public CheckoutReply(
        String name,
        String branch,
        String previousBranch,
        Optional<String> head,
        boolean created,
        List<String> mounts) {
      this(name, branch, previousBranch, head, created, mounts, List.of(), List.of());
    }

    /** The same with what became of containers. */
    public CheckoutReply with(List<String> containers, List<String> problems) {
      return new CheckoutReply(
          name, branch, previousBranch, head, created, mounts, containers, problems);
    }
  }

  /** Brings paths back from a commit (absent: HEAD) into the working data. */
  public record RestoreRequest(
      DotSelector selector, Optional<String> revision, List<String> paths) {}

  /** {@code changed}: entries that were written or removed. */
  public record RestoreReply(String id, long changed) {}

  /**
   * Moves the branch to a revision.
   *
   * @param hard even when dirty: uncommitted data is dropped
   * @param force even while processes have files open there
   */
  public record ResetRequest(DotSelector selector, String revision, boolean hard, boolean force) {}

  /** What a reset did; {@code restarted} and {@code warnings} as of a checkout. */
  public record ResetReply(
      String name,
      String branch,
      Optional<String> before,
      String after,
      String subject,
      List<String> restarted,
      List<String> warnings) {
    public ResetReply(
        String name, String branch, Optional<String> before, String after, String subject) {
      this(name, branch, before, after, subject, List.of(), List.of());
    }

    /** The same with what became of containers. */
    public ResetReply with(List<String> containers, List<String> problems) {
      return new ResetReply(name, branch, before, after, subject, containers, problems);
    }
  }

  public record TagListRequest(Optional<String> dot) {}

  public record TagListReply(List<TagInfo> tags) {}

  /**
   * A tag.
   *
   * @param target the commit's id
   * @param message of an annotated tag
   * @param signature of a signed one
   */
  public record TagInfo(
      String name, String target, Optional<String> message, Optional<SignatureInfo> signature) {
    /** One that is not signed. */
    public TagInfo(String name, String target, Optional<String> message) {
      this(name, target, message, Optional.empty());
    }

    /** The same with another account of its signature. */
    public TagInfo withSignature(SignatureInfo account) {
      return new TagInfo(name, target, message, Optional.of(account));
    }
  }

  /**
   * Makes a tag at a revision (absent: HEAD), annotated if there is a message.
   *
   * @param sign ask the client for a signature ({@link SigningMessages}); needs a message
   */
  public record TagCreateRequest(
      DotSelector selector,
      String name,
      Optional<String> revision,
      Optional<String> message,
      boolean force,
      boolean sign) {
    /** One that is not signed. */
    public TagCreateRequest(
        DotSelector selector,
        String name,
        Optional<String> revision,
        Optional<String> message,
        boolean force) {
      this(selector, name, revision, message, force, false);
    }
  }

  public record TagDeleteRequest(Optional<String> dot, String name) {}

  /**
   * Brings another branch's commits into the selected one.
   *
   * @param revision what to merge
   * @param message of the merge commit; absent: one that names the two
   * @param author as of a commit
   * @param fastForward whether a merge commit may be, must be, or must not be left out
   * @param sign ask the client for a signature ({@link SigningMessages})
   * @param force even while processes have files open there
   */
  public record MergeRequest(
      DotSelector selector,
      String revision,
      Optional<String> message,
      Optional<String> author,
      FastForward fastForward,
      boolean sign,
      boolean force) {}

  /** What to do where the selected branch has no commits of its own, or has some. */
  public enum FastForward {
    ALLOWED,
    ONLY,
    NEVER
  }

  /** What a merge came to. */
  public enum MergeOutcome {
    UP_TO_DATE,
    FAST_FORWARD,
    MERGED,
    /** Nothing was changed. */
    CONFLICTS
  }

  /**
   * What a merge did; {@code restarted} and {@code warnings} as of a checkout.
   *
   * @param after where the branch is now, its merge commit if it needed one
   * @param conflicts in path order, with that outcome alone
   */
  public record MergeReply(
      String name,
      String branch,
      MergeOutcome outcome,
      Optional<String> before,
      String after,
      String subject,
      List<MergeConflict> conflicts,
      List<String> restarted,
      List<String> warnings) {
    public MergeReply(
        String name,
        String branch,
        MergeOutcome outcome,
        Optional<String> before,
        String after,
        String subject,
        List<MergeConflict> conflicts) {
      this(name, branch, outcome, before, after, subject, conflicts, List.of(), List.of());
    }

    /** The same with what became of containers. */
    public MergeReply with(List<String> containers, List<String> problems) {
      return new MergeReply(
          name, branch, outcome, before, after, subject, conflicts, containers, problems);
    }
  }

  /**
   * A path of which each side made something else; a side is absent where it is not there.
   *
   * @param path as {@link PathText} writes it
   */
  public record MergeConflict(
      String path,
      Optional<MergeSide> base,
      Optional<MergeSide> ours,
      Optional<MergeSide> theirs) {}

  /**
   * One side of a conflict.
   *
   * @param kind {@code file}, {@code directory}, {@code symlink} or {@code special}
   * @param id of its content; absent where that is empty or stands in the entry itself
   */
  public record MergeSide(String kind, Optional<String> id, long sizeBytes) {}
}
