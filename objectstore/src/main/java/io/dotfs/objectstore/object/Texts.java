package io.dotfs.objectstore.object;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Checks of text that goes into objects. */
final class Texts {
  private Texts() {}

  /**
   * Checks that {@code text} is well-formed Unicode without NUL, of at most {@code maxBytes} in
   * UTF-8.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(String what, String text, int maxBytes) {
    try {
      int length = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
      if (length > maxBytes) {
        throw new IllegalArgumentException(what + " of " + length + " bytes, limit " + maxBytes);
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " is not well-formed Unicode", e);
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " holds a NUL");
    }
  }
}
