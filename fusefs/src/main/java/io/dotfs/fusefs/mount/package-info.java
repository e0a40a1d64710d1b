/**
 * Mounts: making them as root or through libfuse's set-uid helper, binding a second place, finding
 * and detaching ours in {@code /proc/self/mountinfo}.
 *
 * <p>The process that serves a mount never opens, stats or lists anything on it: it would wait for
 * itself. Everything here is done by path on the mount point alone, which asks the file system
 * nothing.
 *
 * <p>Main types: {@link io.dotfs.fusefs.mount.Mounter}, {@link
 * io.dotfs.fusefs.mount.MountedFileSystem}, {@link io.dotfs.fusefs.mount.MountTable}. Imports
 * {@code vfs} and {@code kernel}.
 */
@NullMarked
package io.dotfs.fusefs.mount;

import org.jspecify.annotations.NullMarked;
