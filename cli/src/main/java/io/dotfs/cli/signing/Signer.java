package io.dotfs.cli.signing;

/** Something that holds a private key: a key file that was read, or an agent. */
public interface Signer {
  /** The public half of the key. */
  VerifyingKey key();

  /**
   * Signs bytes as they are.
   *
   * @return the 64 bytes of an Ed25519 signature
   * @throws SigningException if the holder refuses or has gone
   */
  byte[] sign(byte[] data) throws SigningException;
}
