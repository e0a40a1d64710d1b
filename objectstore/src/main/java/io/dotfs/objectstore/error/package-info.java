/**
 * The closed family of checked errors of this module.
 *
 * <p>Main type: {@link io.dotfs.objectstore.error.StoreException}. Imports {@code object} only.
 */
@NullMarked
package io.dotfs.objectstore.error;

import org.jspecify.annotations.NullMarked;
