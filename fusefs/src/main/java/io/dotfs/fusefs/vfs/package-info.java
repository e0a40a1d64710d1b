/**
 * The port between the front ends (the kernel's protocol, jnr-fuse) and the working tree: a file
 * system seen by inode.
 *
 * <p>Main type: {@link io.dotfs.fusefs.vfs.InodeFileSystem}. Imports nothing of this project.
 */
@NullMarked
package io.dotfs.fusefs.vfs;

import org.jspecify.annotations.NullMarked;
