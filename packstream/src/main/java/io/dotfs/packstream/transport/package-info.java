/**
 * Ways to another store's dots: {@link io.dotfs.packstream.transport.Remote} is the port; HTTP, a
 * directory and, for tests, memory implement it, and pass one contract suite. May import {@code
 * wire} and {@code receive}.
 */
@NullMarked
package io.dotfs.packstream.transport;

import org.jspecify.annotations.NullMarked;
