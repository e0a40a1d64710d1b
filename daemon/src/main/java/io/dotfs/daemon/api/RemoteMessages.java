package io.dotfs.daemon.api;

import java.util.List;
import java.util.Optional;

/** Requests and answers about other stores. All of these verbs stream progress. */
public final class RemoteMessages {
  private RemoteMessages() {}

  /**
   * A remote as the user's settings know it.
   *
   * @param name for the tracking refs and for messages
   * @param url {@code http(s)://…}, {@code file:///…} or {@code user@host[:port]}
   * @param user for a hub; absent where the URL needs none
   * @param apiKey the secret that belongs to it; never logged
   */
  public record RemoteSpec(
      String name, String url, Optional<String> user, Optional<String> apiKey) {
    @Override
    public String toString() {
      return "RemoteSpec[" + name + ", " + url + "]";
    }
  }

  /**
   * Sends commits.
   *
   * @param remoteDot {@code [namespace/]dot} there; absent: the upstream, else the same dot name
   *     under the remote's user
   * @param allBranches every branch instead of the selected one
   * @param force the other side may lose commits, provided it stands where it was last seen
   */
  public record PushRequest(
      DotSelector selector,
      RemoteSpec remote,
      Optional<String> remoteDot,
      boolean allBranches,
      boolean force) {}

  /**
   * Fetches a branch and fast-forwards the local one and its mounts.
   *
   * @param force even while processes have files open on the mounts
   * @param stash if both sides have commits that the other lacks, name ours {@code
   *     <branch>-DIVERGED-<UTC>} and take theirs, in one step
   */
  public record PullRequest(
      DotSelector selector,
      RemoteSpec remote,
      Optional<String> remoteDot,
      boolean force,
      boolean stash) {}

  /** Brings the remote's branches into {@code remote/branch} and touches nothing else. */
  public record FetchRequest(DotSelector selector, RemoteSpec remote, Optional<String> remoteDot) {}

  /**
   * Makes a dot from a remote's.
   *
   * @param remoteDot {@code [namespace/]dot} there
   * @param branch to check out; absent: {@code master}, else the only one
   * @param at check out this commit of it
   * @param localName absent: the remote's dot name in the default namespace
   */
  public record CloneRequest(
      RemoteSpec remote,
      String remoteDot,
      Optional<String> branch,
      Optional<String> at,
      Optional<String> localName) {}

  /**
   * What a transfer did.
   *
   * @param name local {@code namespace/dot}
   * @param remote its name
   * @param remoteDot {@code namespace/dot} there
   * @param objects how many objects travelled
   * @param bytes how many bytes travelled, as stored
   * @param objectsAlreadyThere of those that the transfer needed
   * @param bytesAlreadyThere their size
   * @param restarted containers that were stopped for a pull and run again
   * @param warnings about containers that do not
   */
  public record TransferReply(
      String name,
      String remote,
      String remoteDot,
      List<RefUpdate> refs,
      long objects,
      long bytes,
      long objectsAlreadyThere,
      long bytesAlreadyThere,
      long elapsedNanos,
      List<String> restarted,
      List<String> warnings) {
    public TransferReply(
        String name,
        String remote,
        String remoteDot,
        List<RefUpdate> refs,
        long objects,
        long bytes,
        long objectsAlreadyThere,
        long bytesAlreadyThere,
        long elapsedNanos) {
      this(
          name,
          remote,
          remoteDot,
          refs,
          objects,
          bytes,
          objectsAlreadyThere,
          bytesAlreadyThere,
          elapsedNanos,
          List.of(),
          List.of());
    }

    /** The same with what became of containers. */
    public TransferReply with(List<String> containers, List<String> problems) {
      return new TransferReply(
          name,
          remote,
          remoteDot,
          refs,
          objects,
          bytes,
          objectsAlreadyThere,
          bytesAlreadyThere,
          elapsedNanos,
          containers,
          problems);
    }
  }

  /**
   * One branch of a transfer, or a tag that came with it.
   *
   * @param branch its name; of a tag {@code tags/NAME}
   * @param outcome {@code created}, {@code fast-forward}, {@code forced}, {@code up to date}; of a
   *     pull that stashed, {@code kept} for the branch that was made and {@code replaced} for the
   *     other
   */
  public record RefUpdate(String branch, Optional<String> before, String after, String outcome) {}

  /**
   * Reads everything that a remote lets this user read, and checks it; streams progress. Answered
   * by {@link ServerMessages.FsckReply}, with a dot's name as the object where its transfer was
   * bad.
   */
  public record VerifyRequest(RemoteSpec remote) {}

  /** Asks a remote for its dots; also how a key is tried. Does not stream. */
  public record RemoteListRequest(RemoteSpec remote) {}

  /** {@code defaultNamespace}: where dots named without one are looked for there. */
  public record RemoteListReply(String defaultNamespace, List<RemoteDotInfo> dots) {}

  /**
   * A dot on a remote that this user may see.
   *
   * @param name {@code namespace/dot}
   * @param writable true if this user may push to it
   */
  public record RemoteDotInfo(String name, boolean writable) {}
}
