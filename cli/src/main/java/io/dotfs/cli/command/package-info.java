/**
 * The verbs of {@code dm}: their options, the one call each makes, errors and exit statuses.
 *
 * <p>Main types: {@link io.dotfs.cli.command.Main}, {@link io.dotfs.cli.command.Verbs}. A start
 * loads the class of the verb that was asked for and no other. May import {@code render}, {@code
 * settings} and {@code io.dotfs.daemon.api}.
 */
@NullMarked
package io.dotfs.cli.command;

import org.jspecify.annotations.NullMarked;
