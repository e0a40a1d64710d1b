/**
 * Files as Merkle maps of chunks: reading at any offset, and editing in place at the cost of what
 * changed.
 *
 * <p>Main types: {@link io.dotfs.objectstore.chunk.FileReader}, {@link
 * io.dotfs.objectstore.chunk.FileEditor}. Implements the chapter "File map" of {@code
 * objectstore/FORMAT.md}. Imports {@code object}, {@code error}, {@code codec}, and the ports of
 * {@code store}.
 */
@NullMarked
package io.dotfs.objectstore.chunk;

import org.jspecify.annotations.NullMarked;
