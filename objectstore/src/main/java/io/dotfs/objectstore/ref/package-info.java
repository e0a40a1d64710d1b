/**
 * Refs: named pointers to commits, moved by compare-and-set, with a reflog.
 *
 * <p>Main type: {@link io.dotfs.objectstore.ref.RefStore}, a port; here are its in-memory and file
 * implementations. Imports {@code object} and {@code error}.
 */
@NullMarked
package io.dotfs.objectstore.ref;

import org.jspecify.annotations.NullMarked;
