/**
 * Moving objects between stores: what both ends share. {@link io.dotfs.packstream.DotName} names
 * what is moved, {@link io.dotfs.packstream.TransferException} is everything that can go wrong.
 *
 * <p>A caller opens a {@code transport.Remote} and gives it to {@code transfer.Push} or {@code
 * transfer.Fetch}. The other end of every transport is {@code receive.HostedDot}. What travels is
 * described in {@code packstream/FORMAT.md}. May import the object store and the JDK only.
 */
@NullMarked
package io.dotfs.packstream;

import org.jspecify.annotations.NullMarked;
