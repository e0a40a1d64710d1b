/**
 * Finds out what the other side lacks: {@link io.dotfs.packstream.negotiate.CommonCommits} asks for
 * the history, {@link io.dotfs.packstream.negotiate.ReachableObjects} and {@link
 * io.dotfs.packstream.negotiate.ReachableCommits} say what a set of refs reaches, {@link
 * io.dotfs.packstream.negotiate.ObjectList} holds what is to be moved. May import {@code wire}, the
 * port {@code transport.Remote} and the object store.
 */
@NullMarked
package io.dotfs.packstream.negotiate;

import org.jspecify.annotations.NullMarked;
