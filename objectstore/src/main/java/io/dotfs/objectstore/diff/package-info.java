/**
 * What changed between two trees.
 *
 * <p>Main type: {@link io.dotfs.objectstore.diff.TreeDiff}. Imports every package of this module
 * but {@code graph} and {@code maintenance}.
 */
@NullMarked
package io.dotfs.objectstore.diff;

import org.jspecify.annotations.NullMarked;
