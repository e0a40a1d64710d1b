package io.dotfs.cli.command;

import java.io.IOException;

/**
 * Long text goes through the user's pager when stdout is a terminal, and straight out otherwise.
 */
final class Pager {
  private Pager() {}

  /**
   * Prints text.
   *
   * @throws IOException if the shell that starts the pager cannot be started
   */
  static void print(Session session, String text) throws IOException {
    String pager = choose(session);
    if (!session.terminal().output() || text.isEmpty() || pager.isEmpty() || pager.equals("cat")) {
      session.out().print(text);
      return;
    }
    session.out().flush();
    if (!session.surroundings().page(pager, text)) {
      session.out().print(text);
    }
  }

  private static String choose(Session session) {
    String own = session.environment("DM_PAGER");
    String general = session.environment("PAGER");
    return !own.isEmpty() ? own : !general.isEmpty() ? general : "less";
  }
}
