/** Tests of merges, against lists of paths. */
@NullMarked
package io.dotfs.objectstore.merge;

import org.jspecify.annotations.NullMarked;
