package io.dotfs.cli.render;

/**
 * What the process is connected to.
 *
 * @param input true if stdin is a terminal
 * @param output true if stdout is one
 * @param error true if stderr is one
 * @param colour true if stdout may be coloured
 */
public record Terminal(boolean input, boolean output, boolean error, boolean colour) {
  /** Nothing but files and pipes. */
  public static final Terminal NONE = new Terminal(false, false, false, false);

  /** Returns how stdout may look. */
  public Style style() {
    return colour ? Style.COLOUR : Style.PLAIN;
  }
}
