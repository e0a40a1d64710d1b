package io.dotfs.cli.render;

/** Makes text from elsewhere harmless on a terminal: control characters stand as escapes. */
public final class Escapes {
  private Escapes() {}

  /** One line: every control character is escaped, line feeds and tabs too. */
  public static String line(String text) {
    return escape(text, false);
  }

  /** Several lines: line feeds and tabs stay. */
  public static String lines(String text) {
    return escape(text, true);
  }

  private static String escape(String text, boolean layout) {
    int first = 0;
    while (first < text.length() && isPlain(text, first, layout)) {
      first += Character.charCount(text.codePointAt(first));
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int at = first; at < text.length(); ) {
      int point = text.codePointAt(at);
      if (isPlain(text, at, layout)) {
        out.appendCodePoint(point);
      } else {
        append(out, point);
      }
      at += Character.charCount(point);
    }
    return out.toString();
  }

  private static boolean isPlain(String text, int at, boolean layout) {
    int point = text.codePointAt(at);
    if (layout && (point == '\n' || point == '\t')) {
      return true;
    }
    // Control characters of ASCII and Latin-1, what turns the direction of writing, line and
    // paragraph
    // separators, and halves of surrogate pairs, which stand for bytes that are no UTF-8.
    return !(point < 0x20
        || (point >= 0x7f && point < 0xa0)
        || point == 0x061c
        || (point >= 0x200e && point <= 0x200f)
        || (point >= 0x2028 && point <= 0x202e)
        || (point >= 0x2066 && point <= 0x2069)
        || (point >= 0xd800 && point <= 0xdfff)
        || point == 0xfeff);
  }

  private static void append(StringBuilder out, int point) {
    switch (point) {
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      case '\r' -> out.append("\\r");
      default -> {
        if (point >= 0xdc80 && point <= 0xdcff) {
          hex(out.append("\\x"), point - 0xdc00, 2); // a byte that is no UTF-8, see PathText
        } else if (point < 0x100) {
          hex(out.append("\\x"), point, 2);
        } else {
          hex(out.append("\\u"), point, 4);
        }
      }
    }
  }

  private static void hex(StringBuilder out, int value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(Character.forDigit((value >> shift) & 0xf, 16));
    }
  }
}
