/**
 * Tests of refs, and {@link io.dotfs.objectstore.ref.RefStoreContract}, which every implementation
 * of the port passes, those of other modules included (they depend on this module's test jar).
 */
@NullMarked
package io.dotfs.objectstore.ref;

import org.jspecify.annotations.NullMarked;
