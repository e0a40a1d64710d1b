package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.BlockFile;
import io.dotfs.objectstore.object.FileContent;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The bytes of one file at the freeze of a commit. Guarded by the inode's lock.
 *
 * <p>A changed block is read from the backing file as long as no writer has touched it since; the
 * first writer moves it to the side file before it goes on. A block that the commit has read needs
 * no moving.
 */
public final class FrozenFile {
  /** No base: every block counts as changed. */
  final boolean whole;

  final BlockBits changed;
  final long sizeBytes;
  final FileContent base;

  /** Base bytes from here on do not count. */
  final long limit;

  /** Where changed blocks are; empty if the file is nothing but base and holes. */
  Optional<BlockFile> backing;

  /** The live file has another backing file now, and this one belongs to the commit. */
  boolean detached;

  /** Dirty bytes that end with the commit. */
  final long dirtyBytes;

  private final TreeMap<Long, Long> moved = new TreeMap<>();
  private final BlockBits taken = new BlockBits();

  FrozenFile(
      boolean whole,
      BlockBits changed,
      long sizeBytes,
      FileContent base,
      long limit,
      Optional<BlockFile> backing,
      long dirtyBytes) {
    this.whole = whole;
    this.changed = changed;
    this.sizeBytes = sizeBytes;
    this.base = base;
    this.limit = limit;
    this.backing = backing;
    this.dirtyBytes = dirtyBytes;
  }

  /** The file's size. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** The content that unchanged blocks are as in, up to {@link #limit()}. */
  public FileContent base() {
    return base;
  }

  /** Bytes of the base from here on are gone. */
  public long limit() {
    return limit;
  }

  /** Whether every block counts as changed, since no commit holds the file. */
  public boolean isWhole() {
    return whole;
  }

  /** Which share of its blocks changed: 0 to 1, or a little more where it was cut. */
  public double changedShare() {
    return whole ? 1 : changed.count() / Math.max(1.0, (double) sizeBytes / FileBytes.BLOCK_BYTES);
  }

  /** The first changed block from {@code block} on, or -1; for a file that is not whole. */
  public long nextChanged(long block) {
    long next = changed.next(block);
    return next >= 0 && next << FileBytes.BLOCK_SHIFT < sizeBytes ? next : -1;
  }

  boolean isChanged(long block) {
    return block << FileBytes.BLOCK_SHIFT < sizeBytes && (whole || changed.get(block));
  }

  /** Whether a writer must set the block aside before it changes it. */
  boolean isPending(long block) {
    return !detached && isChanged(block) && !taken.get(block) && !moved.containsKey(block);
  }

  boolean anyPending(long first, long last) {
    if (detached) {
      return false;
    }
    for (long block = first; block <= last && block << FileBytes.BLOCK_SHIFT < sizeBytes; block++) {
      if (isPending(block)) {
        return true;
      }
    }
    return false;
  }

  void move(long block, long slot) {
    moved.put(block, slot);
  }

  Optional<Long> movedTo(long block) {
    return Optional.ofNullable(moved.get(block));
  }

  /** The first moved block from {@code block} on, or -1. */
  long nextMoved(long block) {
    Long found = moved.ceilingKey(block);
    return found == null ? -1 : found;
  }

  void take(long block) {
    taken.set(block);
  }
}
