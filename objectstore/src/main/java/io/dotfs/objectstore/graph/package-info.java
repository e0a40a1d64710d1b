/**
 * Walks over the graph of commits, trees and files: history, what to send, whether what came is
 * complete.
 *
 * <p>Main types: {@link io.dotfs.objectstore.graph.History}, {@link
 * io.dotfs.objectstore.graph.ObjectWalk}, {@link io.dotfs.objectstore.graph.ConnectivityCheck}.
 * Imports every package of this module but {@code diff} and {@code maintenance}.
 */
@NullMarked
package io.dotfs.objectstore.graph;

import org.jspecify.annotations.NullMarked;
