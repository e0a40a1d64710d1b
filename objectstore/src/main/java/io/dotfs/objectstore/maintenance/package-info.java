/**
 * Care of a store as a whole.
 *
 * <p>Main type: {@link io.dotfs.objectstore.maintenance.StoreVerifier}. Imports every package of
 * this module.
 */
@NullMarked
package io.dotfs.objectstore.maintenance;

import org.jspecify.annotations.NullMarked;
