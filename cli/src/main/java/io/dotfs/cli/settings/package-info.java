/**
 * The user's settings: remotes with their keys, and which dot and remote are current. One JSON
 * file, by default {@code ~/.dotmesh/config}, readable by its owner alone.
 *
 * <p>Main type: {@link io.dotfs.cli.settings.SettingsFile}. Imports nothing of this project.
 */
@NullMarked
package io.dotfs.cli.settings;

import org.jspecify.annotations.NullMarked;
