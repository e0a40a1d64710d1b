/**
 * The standby: a process of the user's that runs commands for {@code bin/dm}, the thin client,
 * which saves it the start of a JVM for each. {@code cli/src/main/c/dm.c} describes what the two
 * say to each other, and who is served by which standby.
 *
 * <p>Main type: {@link io.dotfs.cli.standby.Standby}. May import {@code command}, {@code render}
 * and {@code io.dotfs.daemon.api}.
 */
@NullMarked
package io.dotfs.cli.standby;

import org.jspecify.annotations.NullMarked;
