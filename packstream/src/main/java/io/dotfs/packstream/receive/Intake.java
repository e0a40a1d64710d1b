package io.dotfs.packstream.receive;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.pack.PackWriter;
import io.dotfs.objectstore.store.StoredObject;

/**
 * Verified objects on their way into a quarantine: kept, however their stream ends. Now and then
 * what has come is made lasting, so that a full disk, or the end of this process, costs the latest
 * part alone: 64 MiB and a quarter of what came before it. (So the packs that one transfer leaves
 * grow with the logarithm of what it moves.)
 *
 * <p>One thread.
 */
public final class Intake implements AutoCloseable {
  private static final long FIRST_PART_BYTES = 64 << 20;
  private final Quarantine quarantine;
  private final long firstPartBytes;
  private PackWriter part;
  private long partBytes;
  private long keptBytes;

  /** Begins to take objects into {@code quarantine}, which stays the caller's to close. */
  public Intake(Quarantine quarantine) throws StoreException {
    this(quarantine, FIRST_PART_BYTES);
  }

  Intake(Quarantine quarantine, long firstPartBytes) throws StoreException {
    this.quarantine = quarantine;
    this.firstPartBytes = firstPartBytes;
    part = quarantine.begin();
  }

  /**
   * Takes one object.
   *
   * @throws CorruptObjectException if it is not what its id names; others may follow
   * @throws StorageException if it cannot be kept; nothing may follow
   */
  public void put(StoredObject object) throws StoreException {
    part.putStored(object);
    partBytes += object.bytes().remaining();
    if (partBytes >= firstPartBytes + keptBytes / 4) {
      keep();
      keptBytes += partBytes;
      partBytes = 0;
      part = quarantine.begin();
    }
  }

  private void keep() throws StoreException {
    try (PackWriter ending = part) {
      ending.finish();
    }
  }

  /**
   * Makes what has come durable and visible in the quarantine.
   *
   * @throws StorageException if that fails for the latest part, which is lost
   */
  @Override
  public void close() throws StoreException {
    keep();
  }
}
