package io.dotfs.daemon.docker;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.RemoteMessages.CloneRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a volume's {@code from} option, {@code remote/dot[@branch][:commit]}, whose remote is one
 * of the settings of whoever runs the daemon.
 */
public final class VolumeSources {
  private static final String PART = "[A-Za-z0-9_-]{1,64}";
  private static final Pattern FROM =
      Pattern.compile("(%1$s)/((?:%1$s/)?%1$s)(?:@(%1$s))?(?::([^\\s:]{1,200}))?".formatted(PART));

  private final Path settings;

  /** Takes the file that {@code dm remote add} writes; it need not be there. */
  public VolumeSources(Path settings) {
    this.settings = settings;
  }

  /** What to clone for a dot of that name. */
  CloneRequest request(String from, String dot) throws DaemonException, IOException {
    Matcher matcher = FROM.matcher(from);
    if (!matcher.matches()) {
      throw new DaemonException(
          ErrorKind.BAD_REQUEST,
          "volume option from is remote/dot[@branch][:commit], not '" + from + "'");
    }
    return new CloneRequest(
        remote(matcher.group(1)),
        matcher.group(2),
        Optional.ofNullable(matcher.group(3)),
        Optional.ofNullable(matcher.group(4)),
        Optional.of(dot));
  }

  private RemoteSpec remote(String name) throws DaemonException, IOException {
    JsonTree remote;
    try {
      remote = JsonTree.object(Files.readAllBytes(settings)).in("remotes").in(name);
    } catch (NoSuchFileException e) {
      remote = JsonTree.object(new byte[0]);
    }
    String address =
        remote
            .text("address")
            .orElseThrow(
                () ->
                    new DaemonException(
                        ErrorKind.BAD_REQUEST,
                        "no such remote: " + name,
                        "dm remote add " + name + " USER@HOST, as the user who runs the daemon"));
    String authority =
        address.substring(address.indexOf("://") < 0 ? 0 : address.indexOf("://") + 3);
    int at = authority.indexOf('@');
    Optional<String> user =
        at > 0 && !address.startsWith("file:")
            ? Optional.of(authority.substring(0, at))
            : Optional.empty();
    return new RemoteSpec(name, address, user, remote.text("key"));
  }
}
