package io.dotfs.objectstore.object;

import java.util.Optional;

/**
 * The entries of a directory.
 *
 * @param root the {@link ObjectType#DIRECTORY_NODE} at the top; absent if there are no entries
 * @param totals sums over everything beneath
 */
public record DirectoryRef(Optional<ObjectId> root, Totals totals) implements EntryContent {
  /** A directory without entries. */
  public static final DirectoryRef EMPTY = new DirectoryRef(Optional.empty(), Totals.ZERO);

  public DirectoryRef {
    if (root.isEmpty() && !totals.equals(Totals.ZERO)) {
      throw new IllegalArgumentException("an empty directory with totals");
    }
  }
}
