/**
 * The canonical encoding of objects, decoded strictly: one value has one form, and every other
 * sequence of bytes is refused.
 *
 * <p>Main types: {@link io.dotfs.objectstore.codec.CommitCodec}, {@link
 * io.dotfs.objectstore.codec.TagCodec}. Implements {@code objectstore/FORMAT.md}. Imports {@code
 * object} and {@code error}.
 */
@NullMarked
package io.dotfs.objectstore.codec;

import org.jspecify.annotations.NullMarked;
