package io.dotfs.cli.settings;

import java.util.Optional;

/**
 * A remote as the settings hold it.
 *
 * @param name what the user calls it
 * @param address where it is
 * @param key the API key, for an address that needs one; never printed
 */
public record Remote(String name, RemoteAddress address, Optional<String> key) {
  /** The name under which this host's own daemon is listed; no remote may have it. */
  public static final String LOCAL = "local";

  public Remote {
    if (!isName(name)) {
      throw new IllegalArgumentException("invalid remote name");
    }
  }

  /**
   * Returns whether {@code name} can name a remote: 1 to 64 of {@code A-Za-z0-9_-}, and not {@code
   * local}.
   */
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= 64
        && !name.equals(LOCAL)
        && name.charAt(0) != '-'
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '_'
                        || c == '-');
  }

  /** Leaves the key out, so that no log or message shows it. */
  @Override
  public String toString() {
    return name + " " + address.text();
  }
}
