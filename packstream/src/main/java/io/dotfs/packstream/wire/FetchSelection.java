package io.dotfs.packstream.wire;

import java.util.BitSet;

/**
 * What a fetcher chose from a listing.
 *
 * @param chosen positions in the listing, from 0
 * @param listed how many objects the listing had
 * @param checksum the listing's checksum: should the other side's answer to the same query have
 *     changed meanwhile, it notices
 */
public record FetchSelection(BitSet chosen, long listed, int checksum) {
  public FetchSelection {
    WireLimits.check("listed", listed, WireLimits.MAX_OBJECTS);
    if (chosen.length() > listed) {
      throw new IllegalArgumentException("a choice beyond the listing's end");
    }
  }
}
