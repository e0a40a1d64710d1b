/**
 * The remote: accounts, keys, grants and hosted dots behind HTTP. {@link io.dotfs.hub.HubMain} is
 * the program {@code dm hub}. May import packstream and the object store.
 */
@NullMarked
package io.dotfs.hub;

import org.jspecify.annotations.NullMarked;
