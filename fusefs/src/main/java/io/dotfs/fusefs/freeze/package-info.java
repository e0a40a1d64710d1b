/**
 * The instant of a commit: the gate that gives every change its generation, and the side file that
 * keeps what a commit still has to store when a writer replaces it.
 *
 * <p>Main types: {@link io.dotfs.fusefs.freeze.Gate}, {@link io.dotfs.fusefs.freeze.SideFile}.
 * Imports {@code overlay}.
 */
@NullMarked
package io.dotfs.fusefs.freeze;

import org.jspecify.annotations.NullMarked;
