/**
 * A push and a fetch, as a caller sees them: {@link io.dotfs.packstream.transfer.Push} and {@link
 * io.dotfs.packstream.transfer.Fetch} ask a {@code transport.Remote}, send or receive, and say how
 * it goes. May import every package of this module and the object store.
 */
@NullMarked
package io.dotfs.packstream.transfer;

import org.jspecify.annotations.NullMarked;
