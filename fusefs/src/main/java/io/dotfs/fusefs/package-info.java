/** Root of the fusefs module. */
@NullMarked
package io.dotfs.fusefs;

import org.jspecify.annotations.NullMarked;
