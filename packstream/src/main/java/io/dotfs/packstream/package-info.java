/** Root of the packstream module. */
@NullMarked
package io.dotfs.packstream;

import org.jspecify.annotations.NullMarked;
