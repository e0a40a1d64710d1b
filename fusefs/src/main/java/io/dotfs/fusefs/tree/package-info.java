/**
 * The working tree: names, inodes and bytes over a base commit, as the front ends see them through
 * {@code vfs}.
 *
 * <p>Main types: {@link io.dotfs.fusefs.tree.WorkingTrees}, {@link
 * io.dotfs.fusefs.tree.WorkingTree}, {@link io.dotfs.fusefs.tree.SubdotView}. Imports {@code vfs},
 * {@code overlay}, {@code freeze} and {@code objectstore}. Locks: {@code docs/locks.md}.
 */
@NullMarked
package io.dotfs.fusefs.tree;

import org.jspecify.annotations.NullMarked;
