/**
 * The dots of a hub: {@link io.dotfs.hub.hosting.HubHost} says who may read and push which, and
 * opens them; each has an object store directory of its own, refs are in SQL ({@link
 * io.dotfs.hub.hosting.SqlRefStore}). May import {@code account}, packstream and the object store.
 */
@NullMarked
package io.dotfs.hub.hosting;

import org.jspecify.annotations.NullMarked;
