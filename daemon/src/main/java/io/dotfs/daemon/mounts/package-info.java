/**
 * The mounts of a home: making, recording and restoring them, who has something open there, and
 * views that show files as one owner's.
 *
 * <p>Nothing here opens, stats or lists a path on a mount: this process serves it and would wait
 * for itself.
 *
 * <p>Main type: {@link io.dotfs.daemon.mounts.OpenFileScanner}. Imports {@code daemon.api} and
 * fusefs.
 */
@NullMarked
package io.dotfs.daemon.mounts;

import org.jspecify.annotations.NullMarked;
