package io.dotfs.cli.signing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes SSH's binary forms (RFC 4251, section 5). For one thread. */
final class SshWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  SshWriter number(int value) {
    out.write(value >>> 24);
    out.write(value >>> 16);
    out.write(value >>> 8);
    out.write(value);
    return this;
  }

  /** Bytes as they are. */
  SshWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** A string: its length and its bytes. */
  SshWriter bytes(byte[] bytes) {
    return number(bytes.length).raw(bytes);
  }

  SshWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
