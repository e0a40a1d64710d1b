/** Tests of differences, against a comparison of full listings. */
@NullMarked
package io.dotfs.objectstore.diff;

import org.jspecify.annotations.NullMarked;
