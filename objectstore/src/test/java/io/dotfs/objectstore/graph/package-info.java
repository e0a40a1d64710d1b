/** Tests of walks, by exhaustive searches and by counting what is read. */
@NullMarked
package io.dotfs.objectstore.graph;

import org.jspecify.annotations.NullMarked;
