package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.ByteName;
import java.io.IOException;
import java.io.Serial;

/** What came in is no archive that can be taken; the message is a line for whoever gave it. */
public final class BadArchiveException extends IOException {
  @Serial private static final long serialVersionUID = 1L;
  private static final int SHOWN = 200;

  public BadArchiveException(String message) {
    super(message);
  }

  BadArchiveException(String message, Throwable cause) {
    super(message, cause);
  }

  /** It ends in the middle. */
  static BadArchiveException truncated() {
    return new BadArchiveException("the tar ends too early: it is not whole");
  }

  /** A name for a message: short, and without control characters. */
  static String shown(ByteName name) {
    String text = name.toString().replaceAll("\\p{Cntrl}", "?");
    return "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
  }
}
