/**
 * The kernel's FUSE protocol, spoken over the {@code /dev/fuse} descriptor of a mount: one read is
 * one request, one write its reply.
 *
 * <p>A request's way: {@link io.dotfs.fusefs.kernel.Worker} reads it into its own page-aligned
 * buffer, {@link io.dotfs.fusefs.kernel.Request} decodes it in place, {@link
 * io.dotfs.fusefs.kernel.Dispatcher} calls the file system, {@link io.dotfs.fusefs.kernel.Reply}
 * holds the answer, the worker writes it. {@link io.dotfs.fusefs.kernel.Crew} decides who reads.
 * {@link io.dotfs.fusefs.kernel.Notifier} is the one thread that tells the kernel what to forget.
 *
 * <p>Format: {@code include/uapi/linux/fuse.h} of Linux, protocol 7.31 to 7.45, little-endian
 * hosts; {@link io.dotfs.fusefs.kernel.FuseLayout} is checked against the header by a test.
 *
 * <p>Main type: {@link io.dotfs.fusefs.kernel.FuseSession}. Imports {@code vfs}.
 */
@NullMarked
package io.dotfs.fusefs.kernel;

import org.jspecify.annotations.NullMarked;
