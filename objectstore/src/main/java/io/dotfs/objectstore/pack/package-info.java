/**
 * Packs: immutable files of many objects, each with an index.
 *
 * <p>Main types: {@link io.dotfs.objectstore.pack.PackWriter}, and {@code Pack} for reading.
 * Implements the chapters "Pack" and "Index" of {@code objectstore/FORMAT.md}. Imports {@code
 * object}, {@code error}, {@code codec} and the ports of {@code store}.
 */
@NullMarked
package io.dotfs.objectstore.pack;

import org.jspecify.annotations.NullMarked;
