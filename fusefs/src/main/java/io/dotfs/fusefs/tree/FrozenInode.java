package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import java.util.Optional;

/**
 * An inode as it was at the freeze of a commit.
 *
 * @param inode the live one, kept in memory until the commit ends
 * @param attributes what the commit stores of it
 * @param names its names
 * @param base of a directory
 * @param target of a symlink
 * @param file of a regular file
 */
public record FrozenInode(
    Inode inode,
    Attributes attributes,
    FrozenNames names,
    DirectoryRef base,
    ByteName target,
    Optional<FrozenFile> file) {
  /** The inode's number. */
  public long number() {
    return inode.number;
  }
}
