/**
 * The hub's HTTP side, on Jetty: {@link io.dotfs.hub.http.HubServer} listens, {@link
 * io.dotfs.hub.http.HubHandler} authenticates and hands requests to packstream's {@code
 * WireService}. May import {@code account}, {@code hosting}, {@code web}.
 */
@NullMarked
package io.dotfs.hub.http;

import org.jspecify.annotations.NullMarked;
