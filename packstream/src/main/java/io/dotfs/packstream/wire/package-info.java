/**
 * What travels between two sides, and its form on the wire: {@link
 * io.dotfs.packstream.wire.MessageCodec} for short messages, {@link
 * io.dotfs.packstream.wire.StreamWriter} and {@link io.dotfs.packstream.wire.StreamReader} for
 * packs and listings. Implements {@code packstream/FORMAT.md}; golden vectors hold it. Checks form
 * and limits, never truth. May import the object store.
 */
@NullMarked
package io.dotfs.packstream.wire;

import org.jspecify.annotations.NullMarked;
