package io.dotfs.fusefs.tree;

import io.dotfs.objectstore.object.Attributes;
import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.DirectoryRef;
import java.util.List;
import java.util.Optional;

/**
 * An inode as it was at the freeze of a commit.
 *
 * @param inode the live one, kept in memory until the commit ends
 * @param attributes what the commit stores of it
 * @param links its names; none if it was only open
 * @param base of a directory
 * @param target of a symlink
 * @param file of a regular file
 */
public record FrozenInode(
    Inode inode,
    Attributes attributes,
    List<Link> links,
    DirectoryRef base,
    ByteName target,
    Optional<FrozenFile> file) {
  /** The inode's number. */
  public long number() {
    return inode.number;
  }
}
