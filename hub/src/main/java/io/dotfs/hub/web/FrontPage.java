package io.dotfs.hub.web;

import java.nio.charset.StandardCharsets;

/** The page at {@code /}: says what answers here, and nothing about who or what is hosted. */
public final class FrontPage {
  private static final byte[] HTML =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head><meta charset="utf-8"><title>dotfs hub</title></head>
      <body>
      <h1>dotfs hub</h1>
      <p>Git for data, as a file system. To use this hub:</p>
      <pre>dm remote add hub USER@HOST[:PORT]
      dm push hub</pre>
      </body>
      </html>
      """
          .getBytes(StandardCharsets.UTF_8);

  private FrontPage() {}

  /** The page in UTF-8. */
  public static byte[] html() {
    return HTML.clone();
  }
}
