package io.dotfs.cli.signing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the strings and numbers of SSH's binary forms (RFC 4251, section 5). For one thread.
 *
 * <p>Every method throws {@link FormatException} where the bytes end early.
 */
final class SshReader {
  private final ByteBuffer in;

  SshReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  /** The bytes are not of the form that they should have. */
  static final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
      super(message);
    }
  }

  /** A number without sign that has to be below 2^31. */
  int number() throws FormatException {
    if (in.remaining() < Integer.BYTES) {
      throw new FormatException("it ends early");
    }
    int value = in.getInt(); // big-endian, the buffer's default
    if (value < 0) {
      throw new FormatException("a length beyond its end");
    }
    return value;
  }

  /** A string of any bytes. */
  byte[] bytes() throws FormatException {
    return take(number());
  }

  /** A string of ASCII. */
  String text() throws FormatException {
    return new String(bytes(), StandardCharsets.US_ASCII);
  }

  /** So many bytes without a length before them. */
  byte[] take(int count) throws FormatException {
    if (count > in.remaining()) {
      throw new FormatException("it ends early");
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  /** Checks that nothing follows. */
  void end() throws FormatException {
    if (in.hasRemaining()) {
      throw new FormatException("something follows its end");
    }
  }
}
