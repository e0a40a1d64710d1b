package io.dotfs.cli.render;

/** Colour, or its absence. The colours are git's. */
public enum Style {
  /** For files, pipes and {@code NO_COLOR}. */
  PLAIN,
  /** For terminals. */
  COLOUR;

  private static final String RESET = "\u001b[m";

  String yellow(String text) {
    return paint("\u001b[33m", text);
  }

  String green(String text) {
    return paint("\u001b[32m", text);
  }

  String red(String text) {
    return paint("\u001b[31m", text);
  }

  String cyan(String text) {
    return paint("\u001b[36m", text);
  }

  String bold(String text) {
    return paint("\u001b[1m", text);
  }

  private String paint(String colour, String text) {
    return this == PLAIN || text.isEmpty() ? text : colour + text + RESET;
  }
}
