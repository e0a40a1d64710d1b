package io.dotfs.cli.render;

import java.util.Map;

/**
 * What the process is connected to.
 *
 * @param input true if stdin is a terminal
 * @param output true if stdout is one
 * @param error true if stderr is one
 * @param colour true if stdout may be coloured
 */
public record Terminal(boolean input, boolean output, boolean error, boolean colour) {
  /**
   * Returns the terminal that a launcher saw.
   *
   * @param which of i(nput), o(utput), e(rror) are terminals
   */
  public static Terminal of(String which, Map<String, String> environment) {
    boolean output = which.indexOf('o') >= 0;
    boolean colour =
        output
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Terminal(which.indexOf('i') >= 0, output, which.indexOf('e') >= 0, colour);
  }

  /** Nothing but files and pipes. */
  public static final Terminal NONE = new Terminal(false, false, false, false);

  /** Returns how stdout may look. */
  public Style style() {
    return colour ? Style.COLOUR : Style.PLAIN;
  }
}
