/**
 * Directories as Merkle search trees: look-up, listing, and editing at the cost of what changed.
 *
 * <p>Main types: {@link io.dotfs.objectstore.directory.DirectoryReader}, {@link
 * io.dotfs.objectstore.directory.DirectoryEditor}. Implements the chapter "Directory" of {@code
 * objectstore/FORMAT.md}. Imports {@code object}, {@code error}, {@code codec}, and the ports of
 * {@code store}.
 */
@NullMarked
package io.dotfs.objectstore.directory;

import org.jspecify.annotations.NullMarked;
