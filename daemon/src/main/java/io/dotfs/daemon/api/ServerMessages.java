package io.dotfs.daemon.api;

import java.util.List;

/** Requests and answers about the daemon itself and what it stores. */
public final class ServerMessages {
  private ServerMessages() {}

  /**
   * Who answers.
   *
   * @param version of the product
   * @param protocol number of the control protocol
   * @param server 16 hex digits that name this home for good
   * @param systemDaemon true for the host's daemon (root), false for a user's own
   * @param startedAt ISO-8601, UTC
   */
  public record PingReply(
      String version,
      int protocol,
      long pid,
      String server,
      String home,
      boolean systemDaemon,
      String startedAt,
      int mounts) {}

  /** Checks everything stored; streams progress. */
  public record FsckRequest() {}

  /**
   * What the check found.
   *
   * @param objects checked
   * @param bytes checked, as stored
   * @param refs checked
   */
  public record FsckReply(long objects, long bytes, long refs, List<Damage> damage) {}

  /**
   * One damaged or missing thing.
   *
   * @param object its id in hex, or the ref that names it
   * @param pack file name of the pack, empty if in none
   * @param offset in the pack, in bytes
   */
  public record Damage(String object, String pack, long offset, String problem) {}
}
