@NullMarked
package io.dotfs.objectstore.archive;

import org.jspecify.annotations.NullMarked;
