/**
 * The other end of a transfer: {@link io.dotfs.packstream.receive.HostedDot} answers what a remote
 * is asked, takes what is pushed into a {@link io.dotfs.packstream.receive.Quarantine}, verifies
 * it, and only then lets it in. {@link io.dotfs.packstream.receive.DotHost} is the port to whoever
 * knows the dots and who may do what with them. May import {@code wire}, {@code negotiate} and the
 * object store.
 */
@NullMarked
package io.dotfs.packstream.receive;

import org.jspecify.annotations.NullMarked;
