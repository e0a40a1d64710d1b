package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.codec.DirectoryCodec;
import io.dotfs.objectstore.codec.DirectoryNode;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.TreeEntry;

/** What a directory node is made of: an entry in a leaf, a child above. */
sealed interface Item {
  /** What items are sorted by, and what decides whether a node ends behind this one. */
  ByteName key();

  /** Length of its canonical form. */
  int encodedBytes();

  /** In a leaf. */
  record Entry(TreeEntry entry) implements Item {
    @Override
    public ByteName key() {
      return entry.name();
    }

    @Override
    public int encodedBytes() {
      return DirectoryCodec.encodedLength(entry);
    }
  }

  /** In an inner node. */
  record Node(DirectoryNode.Child child) implements Item {
    @Override
    public ByteName key() {
      return child.lastName();
    }

    @Override
    public int encodedBytes() {
      return DirectoryCodec.encodedLength(child);
    }
  }
}
