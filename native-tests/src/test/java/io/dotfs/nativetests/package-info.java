/**
 * What holds over all modules at once and is checked without a mount: the arrows between the rooms
 * of DESIGN.md. May import every module. Main class: {@link io.dotfs.nativetests.ArchitectureTest}.
 * The suites on real mounts are not Java; they are started by {@code native-tests/run}.
 */
@NullMarked
package io.dotfs.nativetests;

import org.jspecify.annotations.NullMarked;
