package io.dotfs.cli.command;

import io.dotfs.cli.render.Escapes;
import java.util.List;

/** Says what became of the containers that a verb had to stop. */
final class ContainerNotes {
  private ContainerNotes() {}

  /**
   * Prints them: those that run again to stdout, those that do not to stderr.
   *
   * @param back the command that brings the data back that was there before
   * @return the exit status
   */
  static int print(Session session, List<String> restarted, List<String> warnings, String back) {
    if (!restarted.isEmpty()) {
      session.out().println("Restarted " + Escapes.line(String.join(", ", restarted)));
    }
    for (String warning : warnings) {
      session.err().println("dm: " + Escapes.line(warning));
    }
    if (!warnings.isEmpty()) {
      session.err().println("hint: " + Escapes.line(back) + " goes back to the data before");
    }
    return warnings.isEmpty() ? Main.DONE : Main.FAILED;
  }
}
