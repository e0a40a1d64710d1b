/**
 * What an administrator types after {@code dm hub}: one class per verb, each a thin call to {@code
 * account} or {@code http}. May import every package of this module.
 */
@NullMarked
package io.dotfs.hub.cli;

import org.jspecify.annotations.NullMarked;
