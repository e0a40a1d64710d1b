package io.dotfs.packstream.transport;

import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException.BadUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a remote is, parsed from what the user typed.
 *
 * <table>
 * <caption>Forms</caption>
 * <tr><td>{@code user@host[:port]}</td><td>a hub; HTTPS, except that {@code localhost}, {@code
 * 127.x.x.x} and {@code [::1]} are spoken to in plain HTTP</td></tr>
 * <tr><td>{@code https://[user@]host[:port]}</td><td>a hub over HTTPS</td></tr>
 * <tr><td>{@code http://[user@]host[:port]}</td><td>a hub in plain HTTP: the API key crosses the
 * network unencrypted, because the user asked for it in so many words</td></tr>
 * <tr><td>{@code file:///path}</td><td>a directory</td></tr>
 * </table>
 *
 * <p>The default port is {@value #DEFAULT_PORT} for both HTTP and HTTPS. {@code ssh://} and {@code
 * s3://} are recognised and refused as not supported yet.
 */
public sealed interface RemoteUrl {
  /** The port of a hub when the URL names none. */
  int DEFAULT_PORT = 32607;

  /** The URL as it is shown and stored; parsing it gives an equal value. It never holds a key. */
  String text();

  /** The user on the remote, if the URL names one. */
  Optional<String> user();

  /**
   * A hub.
   *
   * @param encrypted whether HTTPS is spoken
   * @param user the account, if named
   * @param host a host name or address, IPv6 in brackets
   * @param port 1 to 65535
   * @param text as the user wrote it
   */
  record Hub(boolean encrypted, Optional<String> user, String host, int port, String text)
      implements RemoteUrl {
    /** The address without user: {@code https://host:port}. */
    public URI base() {
      return URI.create((encrypted ? "https" : "http") + "://" + host + ":" + port);
    }
  }

  /**
   * A directory that holds dots, used by any number of processes at once.
   *
   * @param path an absolute, normalised path
   */
  record Directory(Path path) implements RemoteUrl {
    @Override
    public String text() {
      return "file://" + path;
    }

    @Override
    public Optional<String> user() {
      return Optional.empty();
    }
  }

  /**
   * Parses a URL.
   *
   * @throws BadUrl if it has none of the forms above, or names a user that cannot be one
   */
  static RemoteUrl parse(String text) throws BadUrl {
    int scheme = text.indexOf("://");
    if (scheme < 0) {
      return hub(text, text, Optional.empty());
    }
    String rest = text.substring(scheme + 3);
    String name = text.substring(0, scheme).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "http" -> hub(text, rest, Optional.of(false));
      case "https" -> hub(text, rest, Optional.of(true));
      case "file" -> directory(rest);
      case "ssh", "s3" ->
          throw new BadUrl(name + ":// remotes are not supported yet by this version");
      default ->
          throw new BadUrl("not a remote's URL: a scheme of http, https or file is expected");
    };
  }

  private static RemoteUrl directory(String rest) throws BadUrl {
    if (!rest.startsWith("/")) {
      throw new BadUrl("not a remote's URL: file:// is followed by an absolute path");
    }
    try {
      return new Directory(Path.of(rest).normalize());
    } catch (InvalidPathException e) {
      throw new BadUrl("not a remote's URL: the path is not one");
    }
  }

  private static RemoteUrl hub(String text, String authority, Optional<Boolean> encrypted)
      throws BadUrl {
    String trimmed =
        encrypted.isPresent() && authority.endsWith("/")
            ? authority.substring(0, authority.length() - 1)
            : authority;
    URI uri;
    try {
      uri = new URI("hub://" + trimmed).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new BadUrl("not a remote's URL: user@host[:port] is expected");
    }
    boolean onlyAuthority =
        uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null;
    String host = uri.getHost();
    if (host == null || !onlyAuthority || uri.getPort() == 0 || uri.getPort() > 65535) {
      throw new BadUrl("not a remote's URL: user@host[:port] is expected");
    }
    Optional<String> user = Optional.ofNullable(uri.getRawUserInfo());
    if (user.isPresent() && !DotName.isPart(user.get())) {
      throw new BadUrl(
          user.get().indexOf(':') >= 0
              ? "a URL holds no API key: leave it out, it is asked for"
              : "not a user's name in the remote's URL");
    }
    if (user.isEmpty() && encrypted.isEmpty()) {
      throw new BadUrl("not a remote's URL: user@host[:port] is expected");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new Hub(encrypted.orElse(!isLoopback(host)), user, host, port, text);
  }

  private static boolean isLoopback(String host) {
    return Set.of("localhost", "[::1]").contains(host.toLowerCase(Locale.ROOT))
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
