/** Root of the hub module. */
@NullMarked
package io.dotfs.hub;

import org.jspecify.annotations.NullMarked;
