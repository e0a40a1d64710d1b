package io.dotfs.daemon.api;

import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and answers about commits and what differs between them. */
public final class HistoryMessages {
  private HistoryMessages() {}

  /**
   * Freezes all subdots of a dot at one instant.
   *
   * @param message as the user wrote it, lines kept
   * @param metadata keys start lower-case
   * @param author {@code Name <mail>}; absent: the calling user
   * @param sign ask the client for a signature ({@link SigningMessages})
   */
  public record CommitRequest(
      DotSelector selector,
      String message,
      Map<String, String> metadata,
      Optional<String> author,
      boolean noProvenance,
      boolean sign) {
    public CommitRequest(
        DotSelector selector,
        String message,
        Map<String, String> metadata,
        Optional<String> author) {
      this(selector, message, metadata, author, false, false);
    }
  }

  /**
   * A new commit.
   *
   * @param pauseNanos how long writers were held
   * @param bytesStored how much the store grew by
   * @param objects how many objects were new
   * @param elapsedNanos the whole operation
   * @param warnings what could not be included, a line each; usually none
   */
  public record CommitReply(
      String name,
      String branch,
      String id,
      Optional<String> parent,
      long pauseNanos,
      long bytesStored,
      long objects,
      long elapsedNanos,
      List<String> warnings) {}

  /**
   * Asks for history.
   *
   * @param revision where to start, or {@code A..B}: what B has and A lacks; absent: the branch
   * @param limit at most so many of the newest, 0 for all
   * @param signedForms with signed commits, tell what was signed
   * @param paths only commits that changed one of these, each {@code subdot/path}; empty for all
   */
  public record LogRequest(
      DotSelector selector,
      Optional<String> revision,
      int limit,
      boolean oldestFirst,
      boolean signedForms,
      List<String> paths) {
    /** One that does not look at signatures. */
    public LogRequest(
        DotSelector selector, Optional<String> revision, int limit, boolean oldestFirst) {
      this(selector, revision, limit, oldestFirst, false, List.of());
    }
  }

  public record LogReply(String name, String branch, List<CommitInfo> commits) {}

  /**
   * One commit.
   *
   * @param timeSeconds since the epoch
   * @param zoneOffsetMinutes the author's, east of UTC
   * @param metadata sorted by key
   * @param refs branches, remote branches and tags that point here
   * @param signature of a signed commit
   */
  public record CommitInfo(
      String id,
      List<String> parents,
      String author,
      long timeSeconds,
      int zoneOffsetMinutes,
      Map<String, String> metadata,
      String message,
      List<String> refs,
      Optional<SignatureInfo> signature) {
    /** One that is not signed. */
    public CommitInfo(
        String id,
        List<String> parents,
        String author,
        long timeSeconds,
        int zoneOffsetMinutes,
        Map<String, String> metadata,
        String message,
        List<String> refs) {
      this(
          id,
          parents,
          author,
          timeSeconds,
          zoneOffsetMinutes,
          metadata,
          message,
          refs,
          Optional.empty());
    }

    /** The same with another account of its signature. */
    public CommitInfo withSignature(SignatureInfo account) {
      return new CommitInfo(
          id,
          parents,
          author,
          timeSeconds,
          zoneOffsetMinutes,
          metadata,
          message,
          refs,
          Optional.of(account));
    }
  }

  /** Asks for one commit and its difference to its first parent. Absent revision: HEAD. */
  public record ShowRequest(DotSelector selector, Optional<String> revision, boolean patch) {}

  public record ShowReply(String name, CommitInfo commit, DiffReply diff) {}

  /** Turns a revision into an id. */
  public record ResolveRequest(DotSelector selector, String revision) {}

  public record ResolveReply(String id) {}

  /**
   * Asks what differs: neither given: HEAD and the working data; {@code from} alone: that commit
   * and the working data; both: the two commits.
   *
   * @param patch also make unified text where both sides are text
   * @param stat also count changed bytes
   * @param paths limits, each {@code subdot/path}; empty for all
   */
  public record DiffRequest(
      DotSelector selector,
      Optional<String> from,
      Optional<String> to,
      boolean patch,
      boolean stat,
      List<String> paths) {}

  /**
   * What differs.
   *
   * @param from id of the older side, absent for the empty tree
   * @param to id of the newer side, absent for the working data
   * @param truncated true if there were more entries than one answer may hold
   */
  public record DiffReply(
      String name,
      Optional<String> from,
      Optional<String> to,
      List<DiffEntry> entries,
      boolean truncated) {}

  /**
   * One path that differs.
   *
   * @param status {@code A}dded, {@code M}odified, {@code D}eleted, {@code R}enamed, {@code T}ype
   *     changed
   * @param path {@code subdot/path} as {@link PathText} writes it
   * @param oldPath of a rename
   * @param kind {@code file}, {@code directory}, {@code symlink} or {@code special}: of the newer
   *     side, of the older one for D
   * @param oldBytes size before, 0 if it was not there
   * @param newBytes size after, 0 if it is gone
   * @param changedBytes how much of it differs; filled when {@code stat} was asked for
   * @param attributesOnly true if only mode, owner, times or attributes differ
   * @param binary true if {@code patch} was asked for and a side is not text, or too big
   * @param patch unified hunks with their {@code ---} and {@code +++} lines
   */
  public record DiffEntry(
      String status,
      String path,
      Optional<String> oldPath,
      String kind,
      long oldBytes,
      long newBytes,
      long changedBytes,
      boolean attributesOnly,
      boolean binary,
      Optional<String> patch) {}

  /** Asks where a branch has pointed. {@code limit} 0 for all. */
  public record ReflogRequest(DotSelector selector, int limit) {}

  public record ReflogReply(String name, String branch, List<ReflogEntry> entries) {}

  /**
   * One move of a branch.
   *
   * @param index 0 for the newest, as in {@code @{0}}
   * @param before absent when the branch began
   * @param after absent when it was deleted
   * @param message e.g. {@code commit: message's first line}, {@code reset: moving to HEAD^}
   */
  public record ReflogEntry(
      int index,
      Optional<String> before,
      Optional<String> after,
      long timeSeconds,
      String message) {}
}
