package io.dotfs.hub.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A key as its user holds it: {@code dm_} and 43 characters for 256 random bits. The hub keeps its
 * SHA-256 only: with that many bits, no slow hash is needed. {@link #toString} does not show it.
 *
 * @param text what the user types
 */
public record ApiKey(String text) {
  private static final int RANDOM_BYTES = 32;

  /** A new key. */
  public static ApiKey random(SecureRandom random) {
    byte[] bits = new byte[RANDOM_BYTES];
    random.nextBytes(bits);
    return new ApiKey("dm_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** The SHA-256 of its text. */
  byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "ApiKey";
  }
}
