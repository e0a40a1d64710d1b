package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A detached signature as {@code ssh-keygen -Y sign} makes it (OpenSSH's PROTOCOL.sshsig): over the
 * hash of a message, a namespace that keeps it apart from what the key signs elsewhere, and the
 * name of the hash.
 *
 * @param namespace what it is for
 * @param hash {@code sha256} or {@code sha512}
 * @param signature 64 bytes, in Base64
 */
record SshSignature(VerifyingKey key, String namespace, String hash, String signature) {
  private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
  private static final String END = "-----END SSH SIGNATURE-----";
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int LINE = 70;

  /** Signs a message, with SHA-512 as OpenSSH does. */
  static SshSignature make(Signer signer, String namespace, byte[] message)
      throws SigningException {
    byte[] made = signer.sign(signedData(namespace, "sha512", digest("SHA-512", message)));
    SshSignature signature =
        new SshSignature(
            signer.key(), namespace, "sha512", Base64.getEncoder().encodeToString(made));
    if (!signature.isOver(message)) {
      throw new SigningException(
          "the signature made with key " + signer.key().fingerprint() + " is not right",
          "the private half of the key does not belong to its public half");
    }
    return signature;
  }

  /**
   * Whether the key signed this message.
   *
   * @throws IllegalStateException never for a signature that {@link #parse} returned
   */
  boolean isOver(byte[] message) {
    byte[] digest = digest(hash.equals("sha512") ? "SHA-512" : "SHA-256", message);
    return key.verifies(signedData(namespace, hash, digest), Base64.getDecoder().decode(signature));
  }

  /** The text that is stored, with line feeds as OpenSSH has them. */
  String armoured() {
    byte[] blob =
        new SshWriter()
            .raw(MAGIC)
            .number(VERSION)
            .bytes(key.blob())
            .text(namespace)
            .text("") // reserved
            .text(hash)
            .bytes(
                new SshWriter()
                    .text(VerifyingKey.TYPE)
                    .bytes(Base64.getDecoder().decode(signature))
                    .toBytes())
            .toBytes();
    StringBuilder out = new StringBuilder(BEGIN).append('\n');
    String text = Base64.getEncoder().encodeToString(blob);
    for (int at = 0; at < text.length(); at += LINE) {
      out.append(text, at, Math.min(at + LINE, text.length())).append('\n');
    }
    return out.append(END).append('\n').toString();
  }

  /**
   * Reads an armoured signature.
   *
   * @throws FormatException if it is none, or of a key or hash that is not known here
   */
  static SshSignature parse(String text) throws FormatException {
    String trimmed = text.strip();
    if (!trimmed.startsWith(BEGIN) || !trimmed.endsWith(END)) {
      throw new FormatException("not an SSH signature");
    }
    SshReader in =
        new SshReader(base64(trimmed.substring(BEGIN.length(), trimmed.length() - END.length())));
    if (!MessageDigest.isEqual(in.take(MAGIC.length), MAGIC)) {
      throw new FormatException("not an SSH signature");
    }
    int version = in.number();
    if (version != VERSION) {
      throw new FormatException("an SSH signature of version " + version);
    }
    VerifyingKey key = VerifyingKey.ofBlob(in.bytes());
    String namespace = in.text();
    in.bytes(); // reserved: to be ignored
    String hash = in.text();
    if (!hash.equals("sha512") && !hash.equals("sha256")) {
      throw new FormatException("an unknown hash");
    }
    SshReader inner = new SshReader(in.bytes());
    in.end();
    if (!inner.text().equals(VerifyingKey.TYPE)) {
      throw new FormatException("a signature of another type than its key");
    }
    byte[] signature = inner.bytes();
    inner.end();
    return new SshSignature(key, namespace, hash, Base64.getEncoder().encodeToString(signature));
  }

  static byte[] base64(String text) throws FormatException {
    try {
      return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new FormatException("not Base64");
    }
  }

  private static byte[] signedData(String namespace, String hash, byte[] digest) {
    return new SshWriter()
        .raw(MAGIC)
        .text(namespace)
        .text("") // reserved
        .text(hash)
        .bytes(digest)
        .toBytes();
  }

  private static byte[] digest(String algorithm, byte[] message) {
    try {
      return MessageDigest.getInstance(algorithm).digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
