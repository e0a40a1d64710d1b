package io.dotfs.cli.command;

import java.io.IOException;
import java.nio.file.Path;

/** Directories as the user names them, seen from the user's own working directory. */
final class Directories {
  private Directories() {}

  /**
   * Returns the absolute path without symbolic links; where something of it is not there or cannot
   * be looked at, only without {@code .} and {@code ..}.
   */
  static String absolute(Session session, String directory) {
    Path path = session.file(directory);
    try {
      return path.toRealPath().toString();
    } catch (IOException e) {
      return path.normalize().toString(); // the daemon says what is wrong with it
    }
  }
}
