/**
 * From a frozen working tree to objects: stores what was dirty, bottom-up, and moves the ref.
 *
 * <p>Main types: {@link io.dotfs.fusefs.commit.Committer}, {@link
 * io.dotfs.fusefs.commit.LiveSnapshot}. Imports {@code tree}, {@code overlay} and {@code
 * objectstore}.
 */
@NullMarked
package io.dotfs.fusefs.commit;

import org.jspecify.annotations.NullMarked;
