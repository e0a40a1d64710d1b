package io.dotfs.cli.settings;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a remote is: {@code user@host[:port]}, {@code https://user@host[:port]} or {@code
 * file:///path}.
 */
public sealed interface RemoteAddress {

  /** Returns the address in the form that {@link #parse} reads; no key is in it. */
  String text();

  /** Returns what {@code dm remote -v} shows: {@code user@host} for a hub, else the address. */
  String display();

  /** Returns the user on the other side, where there is one; such an address needs an API key. */
  Optional<String> user();

  /**
   * A hub.
   *
   * @param scheme {@code https} or {@code http} where the user wrote it
   * @param host name or address, IPv6 in brackets
   */
  record Hub(Optional<String> scheme, String account, String host, OptionalInt port)
      implements RemoteAddress {
    @Override
    public String text() {
      return scheme.map(name -> name + "://").orElse("")
          + account
          + "@"
          + host
          + (port.isPresent() ? ":" + port.getAsInt() : "");
    }

    @Override
    public String display() {
      return account + "@" + host;
    }

    @Override
    public Optional<String> user() {
      return Optional.of(account);
    }
  }

  /** A directory on this host, or on a file system that it shares; an absolute path. */
  record Directory(String path) implements RemoteAddress {
    @Override
    public String text() {
      return "file://" + path;
    }

    @Override
    public String display() {
      return text();
    }

    @Override
    public Optional<String> user() {
      return Optional.empty();
    }
  }

  /**
   * Reads an address.
   *
   * @throws SettingsException if it is none, or of a kind that this version does not know
   */
  static RemoteAddress parse(String text) throws SettingsException {
    int separator = text.indexOf("://");
    if (separator < 0) {
      if (text.startsWith("/") || text.startsWith(".")) {
        throw new SettingsException(
            "invalid remote address: " + text, "a directory is written file:///absolute/path");
      }
      return hub(text, Optional.empty(), text);
    }
    String scheme = text.substring(0, separator);
    String rest = text.substring(separator + 3);
    switch (scheme) {
      case "file" -> {
        String path = rest.startsWith("localhost/") ? rest.substring("localhost".length()) : rest;
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
          throw new SettingsException(
              "invalid remote address: " + text, "a directory is written file:///absolute/path");
        }
        return new Directory(path);
      }
      case "http", "https" -> {
        return hub(
            text,
            Optional.of(scheme),
            rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest);
      }
      case "ssh", "s3" ->
          throw new SettingsException(
              scheme + ":// remotes are not supported by this version",
              "use a hub (user@host[:port]) or a directory (file:///path)");
      default -> throw invalid(text);
    }
  }

  private static RemoteAddress hub(String text, Optional<String> scheme, String authority)
      throws SettingsException {
    int at = authority.indexOf('@');
    if (at <= 0) {
      throw invalid(text);
    }
    String account = authority.substring(0, at);
    if (account.indexOf(':') >= 0) {
      throw new SettingsException(
          "a remote address holds no key",
          "leave it out: it is asked for, or read from DOTMESH_PASSWORD");
    }
    String host = authority.substring(at + 1);
    int bracket = host.startsWith("[") ? host.indexOf(']') : 0;
    int colon = bracket < 0 ? -1 : host.indexOf(':', bracket);
    OptionalInt port = OptionalInt.empty();
    if (colon >= 0) {
      port = OptionalInt.of(port(text, host.substring(colon + 1)));
      host = host.substring(0, colon);
    }
    boolean isHost =
        host.startsWith("[")
            ? host.matches("\\[[0-9A-Fa-f:.]{2,}]")
            : host.matches("[A-Za-z0-9._-]{1,253}");
    if (!isHost || !account.matches("[A-Za-z0-9_-]{1,64}")) {
      throw invalid(text);
    }
    return new Hub(scheme, account, host, port);
  }

  private static int port(String text, String digits) throws SettingsException {
    int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > 65535) {
      throw new SettingsException(
          "invalid port in the remote address: " + text, "a port is a number from 1 to 65535");
    }
    return port;
  }

  private static SettingsException invalid(String text) {
    return new SettingsException(
        "invalid remote address: " + text,
        "write user@host[:port], https://user@host[:port] or file:///path");
  }
}
