/** Root of the objectstore module. */
@NullMarked
package io.dotfs.objectstore;

import org.jspecify.annotations.NullMarked;
