/**
 * What a home keeps on disk of its working trees: metadata in one RocksDB database, bytes in sparse
 * backing files. Knows keys, bytes and blocks, but neither names nor trees.
 *
 * <p>Main types: {@link io.dotfs.fusefs.overlay.Home}, the ports {@link
 * io.dotfs.fusefs.overlay.MetaStore} and {@link io.dotfs.fusefs.overlay.BlockFile}. May import
 * {@code objectstore}, RocksDB and jnr-ffi.
 */
@NullMarked
package io.dotfs.fusefs.overlay;

import org.jspecify.annotations.NullMarked;
