package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.EntryCounts;
import io.dotfs.objectstore.object.Totals;
import io.dotfs.objectstore.object.TreeEntry;

/** What a directory node is made of: an entry in a leaf, a child above. */
sealed interface Item {
  /** What items are sorted by, and what decides whether a node ends behind this one. */
  ByteName key();

  /** Its canonical form. */
  byte[] encode();

  /** What it adds to the counts of its directory. */
  EntryCounts counts();

  /** What it adds to the totals of its directory. */
  Totals totals();

  /** In a leaf. */
  record Entry(TreeEntry entry) implements Item {
    @Override
    public ByteName key() {
      return entry.name();
    }

    @Override
    public byte[] encode() {
      return DirectoryCodec.encode(entry);
    }

    @Override
    public EntryCounts counts() {
      return entry.counts();
    }

    @Override
    public Totals totals() {
      return entry.totals();
    }
  }

  /** In an inner node. */
  record Node(DirectoryNode.Child child) implements Item {
    @Override
    public ByteName key() {
      return child.lastName();
    }

    @Override
    public byte[] encode() {
      return DirectoryCodec.encode(child);
    }

    @Override
    public EntryCounts counts() {
      return child.subtree().counts();
    }

    @Override
    public Totals totals() {
      return child.subtree().totals();
    }
  }
}
