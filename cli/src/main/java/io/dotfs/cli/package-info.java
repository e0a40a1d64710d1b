/** Root of the cli module. */
@NullMarked
package io.dotfs.cli;

import org.jspecify.annotations.NullMarked;
