/**
 * Where objects live: the ports for reading and putting them, and the store that is a directory of
 * packs.
 *
 * <p>Main types: {@link io.dotfs.objectstore.store.ObjectReader}, {@link
 * io.dotfs.objectstore.store.ObjectSink}, {@link io.dotfs.objectstore.store.ObjectStore}. Imports
 * {@code object}, {@code error}, {@code codec}, {@code pack}.
 */
@NullMarked
package io.dotfs.objectstore.store;

import org.jspecify.annotations.NullMarked;
