package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A key as {@code ssh-keygen -t ed25519} writes it: the private file (OpenSSH's PROTOCOL.key), or
 * the public one, whose private half the user's agent then has to hold.
 */
public final class KeyFile {
  private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
  private static final String END = "-----END OPENSSH PRIVATE KEY-----";
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

  /** PKCS #8's wrapping of such a key (RFC 8410); the 32 bytes of the seed follow. */
  private static final byte[] PKCS8_HEAD =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final long MAX_BYTES = 64 << 10;
  private static final String MAKE = "ssh-keygen -t ed25519 makes a key that can be used";

  private KeyFile() {}

  /**
   * Reads a key with which to sign.
   *
   * @param agent the agent's socket, asked where the file has no private half that can be read
   * @throws SigningException if there is no such key, or nobody who can use it
   */
  public static Signer open(Path file, Optional<Path> agent) throws SigningException {
    String text = read(file).strip();
    try {
      if (text.startsWith(BEGIN) && text.endsWith(END)) {
        return ofPrivate(file, text, agent);
      }
      Optional<VerifyingKey> key = AllowedSigners.key(text);
      if (key.isPresent()) {
        return Agent.signer(
            key.get(), agent, file + " is a public key: its private half is needed");
      }
    } catch (FormatException e) {
      throw new SigningException("cannot use the key in " + file + ": " + e.getMessage(), MAKE);
    }
    throw new SigningException("there is no OpenSSH Ed25519 key in " + file, MAKE);
  }

  private static String read(Path file) throws SigningException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new SigningException("there is no OpenSSH Ed25519 key in " + file, MAKE);
      }
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new SigningException(
          "there is no key " + file, "ssh-keygen -t ed25519, or name another: --sign=FILE");
    } catch (IOException e) {
      String reason =
          e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
      throw new SigningException(
          "cannot read the key " + file + ": " + reason, "name another: --sign=FILE");
    }
  }

  private static Signer ofPrivate(Path file, String text, Optional<Path> agent)
      throws FormatException, SigningException {
    SshReader in =
        new SshReader(
            SshSignature.base64(text.substring(BEGIN.length(), text.length() - END.length())));
    if (!Arrays.equals(in.take(MAGIC.length), MAGIC)) {
      throw new FormatException("it is of an unknown form");
    }
    String cipher = in.text();
    in.text(); // key derivation
    in.bytes(); // its options
    if (in.number() != 1) {
      throw new FormatException("it does not hold exactly one key");
    }
    VerifyingKey key = VerifyingKey.ofBlob(in.bytes());
    if (!cipher.equals("none")) {
      return Agent.signer(key, agent, "the key " + file + " is protected by a passphrase");
    }
    SshReader half = new SshReader(in.bytes());
    if (!Arrays.equals(half.take(Integer.BYTES), half.take(Integer.BYTES))) {
      throw new FormatException("it is damaged");
    }
    if (!half.text().equals(VerifyingKey.TYPE) || !VerifyingKey.of(half.bytes()).equals(key)) {
      throw new FormatException("its halves do not belong together");
    }
    byte[] seedAndPoint = half.bytes();
    if (seedAndPoint.length != 2 * VerifyingKey.POINT_BYTES) {
      throw new FormatException("it is damaged");
    }
    return new Unlocked(key, privateKey(seedAndPoint));
  }

  private static PrivateKey privateKey(byte[] seedAndPoint) throws FormatException {
    byte[] seed = Arrays.copyOf(seedAndPoint, VerifyingKey.POINT_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePrivate(
              new PKCS8EncodedKeySpec(new SshWriter().raw(PKCS8_HEAD).raw(seed).toBytes()));
    } catch (GeneralSecurityException e) {
      throw new FormatException("it is damaged");
    } finally {
      Arrays.fill(seed, (byte) 0);
      Arrays.fill(seedAndPoint, (byte) 0);
    }
  }

  /** A private key in memory. */
  private record Unlocked(VerifyingKey key, PrivateKey half) implements Signer {
    @Override
    public byte[] sign(byte[] data) throws SigningException {
      try {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(half);
        ed25519.update(data);
        return ed25519.sign();
      } catch (GeneralSecurityException e) {
        throw new SigningException("cannot sign: " + e.getMessage(), MAKE);
      }
    }
  }
}
