package io.dotfs.cli.signing;

import io.dotfs.cli.signing.SshReader.FormatException;
import io.dotfs.daemon.api.SigningMessages;
import io.dotfs.daemon.api.SigningMessages.SignatureInfo;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** Makes signatures, and finds out what one is worth. */
public final class Verdict {
  private Verdict() {}

  /** Signs what the daemon shows, Base64 of a canonical form; returns the armoured signature. */
  public static String sign(Signer signer, String payload) throws SigningException {
    return SshSignature.make(signer, SigningMessages.NAMESPACE, Base64.getDecoder().decode(payload))
        .armoured();
  }

  /**
   * Returns the signature with a verdict on it.
   *
   * @param info with its payload
   * @param time when it says that it was made: keys are trusted for a time
   */
  public static SignatureInfo on(SignatureInfo info, AllowedSigners allowed, Instant time) {
    SshSignature signature;
    byte[] payload;
    try {
      signature = SshSignature.parse(info.text());
      payload = SshSignature.base64(info.payload().orElse(""));
    } catch (FormatException e) {
      return with(info, "unknown", Optional.empty(), Optional.empty());
    }
    Optional<String> key = Optional.of(signature.key().fingerprint());
    if (!signature.namespace().equals(SigningMessages.NAMESPACE) || !signature.isOver(payload)) {
      return with(info, "bad", key, Optional.empty());
    }
    Optional<String> signer = allowed.signer(signature.key(), SigningMessages.NAMESPACE, time);
    return with(info, signer.isPresent() ? "good" : "unlisted", key, signer);
  }

  private static SignatureInfo with(
      SignatureInfo info, String verdict, Optional<String> key, Optional<String> signer) {
    return new SignatureInfo(info.text(), info.payload(), Optional.of(verdict), key, signer);
  }

  /** The verdict as a line for people; the caller escapes it. */
  public static String line(SignatureInfo info) {
    String key = info.key().orElse("");
    return switch (info.verdict().orElse("")) {
      case "good" -> "Good signature of " + info.signer().orElse("") + " with key " + key;
      case "unlisted" -> "Good signature with key " + key + " (not listed as an allowed signer)";
      case "bad" -> "BAD signature with key " + key + ": it is not over this content";
      default -> "Unknown signature: not one of an OpenSSH Ed25519 key";
    };
  }
}
