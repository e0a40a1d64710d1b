/**
 * A reduced second front end, on libfuse 2 through jnr-fuse, for hosts that have libfuse but no
 * Linux {@code /dev/fuse} protocol (macOS, FreeBSD). It serves the same file system by path, with
 * all of libfuse's cache times at zero.
 *
 * <p>What it cannot do, compared with package {@code kernel}:
 *
 * <ul>
 *   <li>Files that are unlinked while open live on under the name {@code .fuse_hidden…} until they
 *       are closed, and a commit in between holds that name.
 *   <li>No O_TMPFILE, no RENAME_EXCHANGE and RENAME_NOREPLACE, no SEEK_DATA and SEEK_HOLE, no
 *       copy_file_range: libfuse 2 has no such requests. POSIX ACLs are not checked.
 *   <li>Names are text in the process's character set; one that is not cannot be reached.
 *   <li>Requests of at most 128 KiB; each call looks its whole path up again; directory operations
 *       of one directory run one after another; no readdirplus.
 *   <li>No notifications: with zero cache times there is nothing to drop but the pages of open
 *       files and mappings, which may show old content after a switch.
 *   <li>A caller's interrupt does not end its wait, and the mount ends with the process.
 * </ul>
 *
 * <p>Main type: {@link io.dotfs.fusefs.libfuse.LibfuseMounter}. Imports {@code vfs}, {@code mount}.
 */
@NullMarked
package io.dotfs.fusefs.libfuse;

import org.jspecify.annotations.NullMarked;
