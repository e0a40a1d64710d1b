package io.dotfs.cli.command;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Questions to the user. */
final class Prompt {
  private static final int MAX_LINE = 4096;

  private Prompt() {}

  /**
   * Reads one line, without its end; what there is if the input ends before.
   *
   * @throws IOException if reading fails or the line is longer than 4096 bytes
   */
  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() == MAX_LINE) {
        throw new IOException("the line is too long");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * Asks for a secret; on a terminal what is typed does not show, also when the process is
   * interrupted half way the terminal is as before.
   */
  static String secret(Session session, String question) throws IOException {
    if (!session.terminal().input()) {
      return line(session.in());
    }
    session.err().print(question);
    session.err().flush();
    Thread restore = new Thread(() -> echo(true));
    Runtime.getRuntime().addShutdownHook(restore);
    try {
      echo(false);
      return line(session.in());
    } finally {
      echo(true);
      Runtime.getRuntime().removeShutdownHook(restore);
      session.err().println();
    }
  }

  private static void echo(boolean on) {
    ProcessBuilder stty =
        new ProcessBuilder(List.of("stty", on ? "echo" : "-echo"))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/tty")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      stty.start().waitFor();
    } catch (IOException e) {
      return; // no stty here: the key shows while it is typed, which beats not taking it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
