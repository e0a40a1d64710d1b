package io.dotfs.daemon.api;

import java.util.Optional;

/**
 * Signatures. The key is the client's: a commit or tag that is to be signed is shown to the client
 * while the request is at work, as a {@link SignatureWanted} in its stream, and the client answers
 * with a {@link SignRequest} over a connection of its own.
 */
public final class SigningMessages {
  /** Namespace of SSHSIG that keeps these signatures apart from those of other programs. */
  public static final String NAMESPACE = "dotfs";

  private SigningMessages() {}

  /**
   * An event: this is to be signed.
   *
   * @param token names the request that waits; known to its client alone
   * @param payload the canonical form without a signature, in Base64
   */
  public record SignatureWanted(String token, String payload) {}

  /**
   * The answer, which {@link Done} answers in turn.
   *
   * @param signature armoured as PROTOCOL.sshsig of OpenSSH has it; absent if the client cannot
   *     sign: nothing is stored then
   */
  public record SignRequest(String token, Optional<String> signature) {}

  /**
   * The signature of a commit or a tag.
   *
   * @param text as it is stored, usually armoured
   * @param payload what was signed, in Base64, where that was asked for
   * @param verdict what the client found out about it: {@code good}, {@code unlisted} (good, by a
   *     key that is not among the allowed signers), {@code bad} or {@code unknown}; never the
   *     daemon's
   * @param key the signing key's fingerprint, with a verdict that has one
   * @param signer whose key it is, with {@code good}
   */
  public record SignatureInfo(
      String text,
      Optional<String> payload,
      Optional<String> verdict,
      Optional<String> key,
      Optional<String> signer) {
    /** One that nobody has looked at. */
    public SignatureInfo(String text, Optional<String> payload) {
      this(text, payload, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }
}
