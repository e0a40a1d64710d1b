package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import java.util.List;

/**
 * What a fetch asks for.
 *
 * @param wants commits or tags that the remote's refs reach
 * @param haves commits that the fetching side holds with all they name; those that the remote's
 *     refs do not reach are ignored
 */
public record FetchQuery(List<ObjectId> wants, List<ObjectId> haves) {
  public FetchQuery {
    wants = List.copyOf(wants);
    haves = List.copyOf(haves);
    WireLimits.check("wants", wants.size(), WireLimits.MAX_REFS);
    WireLimits.check("haves", haves.size(), WireLimits.MAX_COMMITS);
  }
}
