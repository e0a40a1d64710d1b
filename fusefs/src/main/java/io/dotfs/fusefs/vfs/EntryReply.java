package io.dotfs.fusefs.vfs;

/**
 * Answer to a look-up or creation: a reusable out-parameter. A {@link #nodeId} of 0 is a negative
 * entry, which the kernel may cache for {@link #entryValidNanos}.
 */
public final class EntryReply {
  /**
   * The kernel's handle of the inode; each successful answer with a non-zero id adds one to its
   * look-up count.
   */
  public long nodeId;

  /** Tells two lives of a node id apart; 0 where ids are never reused. */
  public long generation;

  /** How long the kernel may keep the name, in nanoseconds. */
  public long entryValidNanos;

  /** How long the kernel may keep the attributes, in nanoseconds. */
  public long attributesValidNanos;

  public final InodeAttributes attributes = new InodeAttributes();
}
