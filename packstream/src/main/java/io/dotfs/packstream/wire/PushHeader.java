package io.dotfs.packstream.wire;

import java.util.List;

/**
 * What a push announces before its objects.
 *
 * @param session the same for all attempts of one push
 * @param updates the refs to move, all of them or none; at least one, no ref twice
 * @param objects how many objects follow
 * @param bytes their stored bytes
 */
public record PushHeader(SessionId session, List<RefUpdate> updates, long objects, long bytes) {
  public PushHeader {
    updates = List.copyOf(updates);
    WireLimits.check("ref updates", updates.size(), WireLimits.MAX_REFS);
    if (updates.isEmpty()
        || updates.stream().map(RefUpdate::ref).distinct().count() != updates.size()) {
      throw new IllegalArgumentException("no ref update, or a ref twice");
    }
    if (objects < 0 || bytes < 0) {
      throw new IllegalArgumentException("negative amounts");
    }
  }
}
