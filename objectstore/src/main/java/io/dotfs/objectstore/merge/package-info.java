/**
 * Joining two trees that grew from a common one. May import the other packages of this room; knows
 * nothing of commits' history, which says what is common.
 *
 * <p>Main class: {@link io.dotfs.objectstore.merge.TreeMerge}.
 */
@NullMarked
package io.dotfs.objectstore.merge;

import org.jspecify.annotations.NullMarked;
