package io.dotfs.cli.command;

import java.util.List;

/**
 * A command whose words after {@code --} are paths inside the dot, kept apart from those before.
 */
interface TakesPaths {
  /** Hands over the words after {@code --}; not called if there is no {@code --}. */
  void paths(List<String> paths);
}
