/**
 * Writing back what programs have stored through shared mappings of our mounts, so that a commit
 * holds it. It is done by a child process, the only process of ours that ever touches a mount: a
 * thread of the server that waited on its own mount would survive kill -9.
 *
 * <p>Main types: {@link io.dotfs.fusefs.flush.Flusher} in the server, {@link
 * io.dotfs.fusefs.flush.FlusherMain} in the child. Imports {@code mount} for device numbers alone.
 */
@NullMarked
package io.dotfs.fusefs.flush;

import org.jspecify.annotations.NullMarked;
