/**
 * Text out of the daemon's answers: tables, histories, differences, progress. Pure functions of
 * their arguments but for {@link io.dotfs.cli.render.TransferProgress}, which draws on a terminal.
 *
 * <p>Whatever comes from a dot or a peer (names, messages, paths) passes through {@link
 * io.dotfs.cli.render.Escapes}. Formatting is done by hand rather than with {@link
 * java.util.Formatter} and {@link java.time.format.DateTimeFormatter}, whose set-up takes longer
 * than a whole answer should.
 *
 * <p>May import {@code io.dotfs.daemon.api}.
 */
@NullMarked
package io.dotfs.cli.render;

import org.jspecify.annotations.NullMarked;
