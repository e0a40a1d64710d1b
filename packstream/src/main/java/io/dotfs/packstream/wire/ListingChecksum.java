package io.dotfs.packstream.wire;

import java.util.zip.CRC32C;

/** The running checksum of a listing, for whoever makes one. One thread. */
public final class ListingChecksum {
  private final CRC32C crc = new CRC32C();

  /** Adds the next entry. */
  public void add(ListedObject object) {
    crc.update(Frames.entry(object));
  }

  /** The checksum so far. */
  public int value() {
    return (int) crc.getValue();
  }
}
