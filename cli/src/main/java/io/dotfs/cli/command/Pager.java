package io.dotfs.cli.command;

import io.dotfs.cli.settings.Setting;
import io.dotfs.cli.settings.SettingsException;
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
  static void print(Session session, String text) throws IOException, SettingsException {
    String pager = session.terminal().output() ? choose(session) : "";
    if (text.isEmpty() || pager.isEmpty() || pager.equals("cat")) {
      session.out().print(text);
      return;
    }
    session.out().flush();
    if (!session.surroundings().page(pager, text)) {
      session.out().print(text);
    }
  }

  private static String choose(Session session) throws SettingsException {
    String own = session.environment("DM_PAGER");
    if (!own.isEmpty()) {
      return own;
    }
    String general = session.environment("PAGER");
    return session
        .settings()
        .value(Setting.CORE_PAGER)
        .orElse(general.isEmpty() ? "less" : general);
  }
}
