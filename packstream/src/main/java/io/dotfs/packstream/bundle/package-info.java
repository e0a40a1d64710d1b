/**
 * Commits in a file, for machines without a network: chapter "Bundle" of {@code
 * packstream/FORMAT.md}.
 *
 * <p>Main types: {@link io.dotfs.packstream.bundle.BundleWriter} and {@link
 * io.dotfs.packstream.bundle.BundleIntake}. Imports {@code wire}, {@code negotiate}, {@code
 * receive} and {@code transfer}.
 */
@NullMarked
package io.dotfs.packstream.bundle;

import org.jspecify.annotations.NullMarked;
