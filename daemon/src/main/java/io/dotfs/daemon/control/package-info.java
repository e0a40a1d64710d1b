/**
 * The serving side of the control protocol: Jetty on a Unix socket, one handler per {@link
 * io.dotfs.daemon.api.Verb}, and the one place that turns failures into answers.
 *
 * <p>Main type: {@link io.dotfs.daemon.control.ControlServer}. Imports {@code daemon.api}; who may
 * call is decided by the permissions of the socket.
 */
@NullMarked
package io.dotfs.daemon.control;

import org.jspecify.annotations.NullMarked;
