package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The public half of an Ed25519 key.
 *
 * @param point its 32 bytes, in hexadecimal (RFC 8032)
 */
record VerifyingKey(String point) {
  static final String TYPE = "ssh-ed25519";
  static final int POINT_BYTES = 32;

  /** X.509's wrapping of such a key (RFC 8410); the 32 bytes follow. */
  private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  static VerifyingKey of(byte[] point) throws FormatException {
    if (point.length != POINT_BYTES) {
      throw new FormatException("an Ed25519 key of " + point.length + " bytes");
    }
    return new VerifyingKey(HexFormat.of().formatHex(point));
  }

  /** Reads SSH's form of it: its type and the 32 bytes, each a string. */
  static VerifyingKey ofBlob(byte[] blob) throws FormatException {
    SshReader in = new SshReader(blob);
    String type = in.text();
    if (!type.equals(TYPE)) {
      throw new FormatException("a key of type " + type.replaceAll("[^ -~]", "?"));
    }
    VerifyingKey key = of(in.bytes());
    in.end();
    return key;
  }

  byte[] blob() {
    return new SshWriter().text(TYPE).bytes(bytes()).toBytes();
  }

  private byte[] bytes() {
    return HexFormat.of().parseHex(point);
  }

  /** As {@code ssh-keygen -l} prints it: {@code SHA256:} and Base64 without padding. */
  String fingerprint() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob());
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether {@code signature} is this key's over {@code data}. */
  boolean verifies(byte[] data, byte[] signature) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      byte[] encoded = new SshWriter().raw(X509_HEAD).raw(bytes()).toBytes();
      ed25519.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      ed25519.update(data);
      return ed25519.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a point that is none, or a signature that is none: neither can be right
    }
  }
}
