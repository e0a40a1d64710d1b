package io.dotfs.cli.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Long text goes through the user's pager when stdout is a terminal, and straight out otherwise.
 */
final class Pager {
  private static final int NOT_FOUND = 127;

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
    ProcessBuilder builder = new ProcessBuilder(List.of("/bin/sh", "-c", pager));
    builder.environment().putIfAbsent("LESS", "FRX");
    builder.environment().putIfAbsent("LV", "-c");
    Process process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean read = true;
    try (OutputStream to = process.getOutputStream()) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      read = false; // the reader has seen enough and left, or there is no such pager
    }
    int status = await(process);
    if (status == NOT_FOUND || (!read && status != 0)) {
      session.out().print(text);
    }
  }

  private static String choose(Session session) {
    String own = session.environment("DM_PAGER");
    String general = session.environment("PAGER");
    return !own.isEmpty() ? own : !general.isEmpty() ? general : "less";
  }

  private static int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the pager ran", e);
    }
  }
}
