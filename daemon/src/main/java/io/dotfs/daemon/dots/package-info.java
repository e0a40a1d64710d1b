/**
 * Dots as a user knows them: names, branches, checkouts, history, what differs, transfers. One
 * class per family of verbs, over the registry, the refs and the working trees of one home.
 *
 * <p>Locks: verbs that change a dot take its {@link io.dotfs.daemon.dots.DotLocks lock}; verbs that
 * only look take none, so that long work never holds up a listing.
 *
 * <p>Main type: {@link io.dotfs.daemon.dots.DotHome}. Imports {@code daemon.api}, {@code
 * daemon.mounts}, fusefs, objectstore and packstream.
 */
@NullMarked
package io.dotfs.daemon.dots;

import org.jspecify.annotations.NullMarked;
