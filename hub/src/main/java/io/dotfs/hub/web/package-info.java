/** What a browser sees. {@link io.dotfs.hub.web.FrontPage} is the main type. Imports nothing. */
@NullMarked
package io.dotfs.hub.web;

import org.jspecify.annotations.NullMarked;
