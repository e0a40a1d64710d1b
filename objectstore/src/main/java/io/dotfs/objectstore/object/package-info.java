/**
 * The values that are stored: ids, names, attributes, directory entries, commits, tags.
 *
 * <p>Start at {@link io.dotfs.objectstore.object.TreeEntry} and {@link
 * io.dotfs.objectstore.object.Commit}. All are immutable, and check themselves when made. Imports
 * nothing of this project. How they are encoded: {@code objectstore/FORMAT.md}.
 */
@NullMarked
package io.dotfs.objectstore.object;

import org.jspecify.annotations.NullMarked;
