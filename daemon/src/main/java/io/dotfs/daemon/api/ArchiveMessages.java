package io.dotfs.daemon.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and answers about data as files that other programs read. */
public final class ArchiveMessages {
  private ArchiveMessages() {}

  /**
   * Makes a commit from a tar, which follows the request.
   *
   * @param name {@code [namespace/]dot[@branch][.subdot]}: what the tar replaces; the dot is made
   *     if there is none
   * @param message of the commit
   * @param metadata keys start lower-case
   * @param author {@code Name <mail>}; absent: the calling user
   * @param force even while processes have files open on the mounts
   */
  public record ImportRequest(
      String name,
      String message,
      Map<String, String> metadata,
      Optional<String> author,
      boolean force) {}

  /**
   * What was made.
   *
   * @param name {@code namespace/dot}
   * @param subdot the one that was replaced; {@code __root__} for all
   * @param id of the commit
   * @param parent absent if it is the first
   * @param created whether the dot was made
   * @param members how many names the tar holds
   * @param bytes of their files, holes not counted
   * @param bytesStored how much the store grew by
   * @param restarted containers that were stopped for it and run again
   * @param warnings about containers that do not
   */
  public record ImportReply(
      String name,
      String branch,
      String subdot,
      String id,
      Optional<String> parent,
      boolean created,
      long members,
      long bytes,
      long bytesStored,
      long elapsedNanos,
      List<String> restarted,
      List<String> warnings) {
    /** The same with what became of containers. */
    public ImportReply with(List<String> containers, List<String> problems) {
      return new ImportReply(
          name,
          branch,
          subdot,
          id,
          parent,
          created,
          members,
          bytes,
          bytesStored,
          elapsedNanos,
          containers,
          problems);
    }
  }

  /**
   * Writes a commit as a tar.
   *
   * @param name {@code [namespace/]dot[@branch][.subdot]}
   * @param at absent: HEAD
   */
  public record ExportRequest(String name, Optional<String> at) {}

  /** What was written: of which commit, how many names, and the bytes of their files. */
  public record ExportReply(
      String name, String subdot, String id, long members, long bytes, long elapsedNanos) {}

  /**
   * Writes commits into a bundle.
   *
   * @param refs branches and tags, and {@code ^REVISION} for commits that the other side has
   * @param all all branches and tags besides
   */
  public record BundleCreateRequest(DotSelector selector, List<String> refs, boolean all) {}

  /**
   * Takes a bundle, which follows the request.
   *
   * @param dot where to; absent: the dot of the bundle's own name, which is made if there is none
   * @param remoteName its branches become {@code remoteName/branch}
   * @param verifyOnly read and judge it, and keep nothing
   */
  public record BundleTakeRequest(Optional<String> dot, String remoteName, boolean verifyOnly) {}

  /**
   * What a bundle holds.
   *
   * @param name {@code namespace/dot} here
   * @param created whether the dot was made
   * @param refs {@code heads/branch} and {@code tags/tag} with their ids
   * @param prerequisites ids of commits that it builds upon
   */
  public record BundleReply(
      String name,
      boolean created,
      Map<String, String> refs,
      List<String> prerequisites,
      long objects,
      long bytes,
      long elapsedNanos) {}
}
