package io.dotfs.fusefs.overlay;

import java.nio.charset.StandardCharsets;

/** The tables of a home's metadata; each is a column family of the database. Names never change. */
public enum Table {
  /** Inode number to inode record. */
  INODES,
  /** Directory's inode number and name to the entry there, or to a whiteout. */
  NAMES,
  /** Working tree and link group to inode number. */
  LINKS,
  /** Inode number and page to the blocks of the backing file that hold content. */
  BLOCKS,
  /** Inode number to the content that unmodified blocks and names come from. */
  CONTENT,
  /** What differs from the base commit, by working tree and generation. */
  DIRTY,
  /** Working trees. */
  TREES,
  /** Inodes without a name that were still open. */
  ORPHANS,
  REFS,
  REFLOG,
  /**
   * Inode number, directory's inode number and name: what an inode's own record has no room for.
   */
  MORE_NAMES,
  /** Facts about the home itself. */
  META,
  /** Small values of the daemon. */
  REGISTRY;

  byte[] columnFamily() {
    return name().toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  }
}
