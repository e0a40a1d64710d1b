package io.dotfs.objectstore.object;

import java.util.Optional;

/**
 * The entries of a directory.
 *
 * @param root the {@link ObjectType#DIRECTORY_NODE} at the top; absent if there are no entries
 * @param counts how many names stand in it
 * @param totals sums over everything beneath, at any depth
 */
public record DirectoryRef(Optional<ObjectId> root, EntryCounts counts, Totals totals)
    implements EntryContent {
  /** A directory without entries. */
  public static final DirectoryRef EMPTY =
      new DirectoryRef(Optional.empty(), EntryCounts.ZERO, Totals.ZERO);

  public DirectoryRef {
    if (root.isPresent() != (counts.entries() > 0)) {
      throw new IllegalArgumentException(
          "a directory of " + counts.entries() + " and root " + root);
    }
    if (root.isEmpty() && !totals.equals(Totals.ZERO)) {
      throw new IllegalArgumentException("an empty directory with totals");
    }
  }

  public boolean isEmpty() {
    return root.isEmpty();
  }
}
