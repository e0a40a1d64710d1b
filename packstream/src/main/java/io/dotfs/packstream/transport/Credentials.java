package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import java.util.Optional;

/**
 * Who asks, and how that is proved. {@link #toString} never shows the key.
 *
 * @param user the account on the remote
 * @param key the API key, if there is one; a directory needs none
 */
public record Credentials(String user, Optional<String> key) {
  public Credentials {
    if (!DotName.isPart(user)) {
      throw new IllegalArgumentException("not a user's name");
    }
    if (key.isPresent() && !key.get().matches("[!-~]{1,256}")) {
      throw new IllegalArgumentException("not an API key: up to 256 printable ASCII characters");
    }
  }

  /** A user with a key. */
  public static Credentials of(String user, String key) {
    return new Credentials(user, Optional.of(key));
  }

  /** The user of this process, for a {@code file://} remote. */
  public static Credentials local() {
    String name = System.getProperty("user.name", "local");
    return new Credentials(DotName.isPart(name) ? name : "local", Optional.empty());
  }

  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
