/**
 * Containers. Towards Docker: the volume driver {@code dm}, Docker's volume plugin protocol
 * (version 1, {@code docs.docker.com/engine/extend/plugins_volume}) on a Unix socket. From Docker:
 * the Engine's API, through which the containers that use a dot are named, stopped and started.
 *
 * <p>Main types: {@link io.dotfs.daemon.docker.VolumePlugin}, {@link
 * io.dotfs.daemon.docker.Volumes}, {@link io.dotfs.daemon.docker.Engine}. Imports {@code
 * daemon.dots}, {@code daemon.api}; nothing imports it but {@code Daemon}. See docs/docker.md.
 */
@NullMarked
package io.dotfs.daemon.docker;

import org.jspecify.annotations.NullMarked;
