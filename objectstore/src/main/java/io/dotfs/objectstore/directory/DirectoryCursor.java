package io.dotfs.objectstore.directory;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.TreeEntry;
import java.util.Optional;

/**
 * Walks the entries of one directory in name order, holding one node per level. One thread at a
 * time; needs no closing.
 */
public interface DirectoryCursor {
  /** The next entry, or nothing at the end. */
  Optional<TreeEntry> next() throws StoreException;
}
