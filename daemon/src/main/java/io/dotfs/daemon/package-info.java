/** Root of the daemon module. */
@NullMarked
package io.dotfs.daemon;

import org.jspecify.annotations.NullMarked;
