package io.dotfs.daemon.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Paths are bytes and JSON is text: valid UTF-8 stands as itself, and each byte that is no part of
 * valid UTF-8 as the lone surrogate U+DC80 … U+DCFF, so that every path survives the way there and
 * back.
 */
public final class PathText {
  private static final int ESCAPE = 0xDC00;

  private PathText() {}

  /** The text of raw bytes. */
  public static String decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int length = sequenceLength(bytes, at);
      if (length == 0) {
        out.append((char) (ESCAPE + (bytes[at] & 0xff)));
        at++;
      } else {
        out.append(new String(bytes, at, length, StandardCharsets.UTF_8));
        at += length;
      }
    }
    return out.toString();
  }

  /** The raw bytes of a text that {@link #decode} made, or that a user typed. */
  public static byte[] encode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 8);
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xff) {
        out.write(point - ESCAPE);
      } else {
        out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      }
      at += Character.charCount(point);
    }
    return out.toByteArray();
  }

  /** Length of the valid sequence that starts here, 0 if none does. */
  private static int sequenceLength(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || first > 0xf4 || at + length > bytes.length) {
      return 0;
    }
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    boolean valid =
        text.codePointCount(0, text.length()) == 1
            && (text.charAt(0) != '\uFFFD' || isReplacementCharacter(bytes, at, length));
    return valid ? length : 0;
  }

  private static boolean isReplacementCharacter(byte[] bytes, int at, int length) {
    return length == 3
        && (bytes[at] & 0xff) == 0xef
        && (bytes[at + 1] & 0xff) == 0xbf
        && (bytes[at + 2] & 0xff) == 0xbd;
  }
}
