/**
 * {@code dm}: the words of a user become one call to the daemon, and its answer becomes text.
 *
 * <p>Packages: {@code command} (verbs, options, errors and exit statuses), {@code render} (text
 * from answers), {@code settings} (the user's remotes and what is current). Of the rest of the
 * project only {@code io.dotfs.daemon.api} may be imported.
 */
@NullMarked
package io.dotfs.cli;

import org.jspecify.annotations.NullMarked;
