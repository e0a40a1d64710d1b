package io.dotfs.objectstore.object;

import java.util.HexFormat;
import java.util.UUID;

/**
 * What the names of one hard-linked file have in common: a random 128-bit number given at the first
 * {@code link} and kept for good. Within one subdot, entries of equal link group are one inode.
 */
public record LinkGroup(UUID id) {
  /** The 32 hex digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(id.getMostSignificantBits())
        + hex.toHexDigits(id.getLeastSignificantBits());
  }
}
