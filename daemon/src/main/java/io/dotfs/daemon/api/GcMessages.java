package io.dotfs.daemon.api;

import java.util.Optional;

/** Requests and answers about the space that stored things take. */
public final class GcMessages {
  private GcMessages() {}

  /**
   * Removes what nothing needs any more; streams progress. Durations are in seconds; absent ones
   * have their default.
   *
   * @param dryRun whether only to find out
   * @param everything whether to rewrite large packs for the sake of a few bytes
   * @param graceSeconds what came later than so long ago stays
   * @param expireSeconds changes of refs that are older need not be undone any more
   * @param expireUnreachableSeconds the same, of changes that left commits behind which no ref
   *     reaches
   */
  public record GcRequest(
      boolean dryRun,
      boolean everything,
      Optional<Long> graceSeconds,
      Optional<Long> expireSeconds,
      Optional<Long> expireUnreachableSeconds) {}

  /**
   * What was found and done.
   *
   * @param objects in the store at the beginning
   * @param bytes that they took on disk
   * @param unneededObjects needed by nothing
   * @param unneededBytes what those take
   * @param youngBytes needed by nothing, and too young to go
   * @param leftBytes needed by nothing, in packs that are not worth rewriting
   * @param packsRemoved packs that went
   * @param freedBytes disk space that was freed; in a dry run, that would be
   */
  public record GcReply(
      boolean dryRun,
      long objects,
      long bytes,
      long unneededObjects,
      long unneededBytes,
      long youngBytes,
      long leftBytes,
      long packsRemoved,
      long freedBytes) {}
}
