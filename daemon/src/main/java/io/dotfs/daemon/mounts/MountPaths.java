package io.dotfs.daemon.mounts;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.fusefs.mount.MountPoint;
import io.dotfs.fusefs.mount.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a path leads, found without asking anything of a file system that this process may be
 * serving: symbolic links are followed one by one, and each step is looked up in the kernel's table
 * of mounts before it is taken.
 */
public final class MountPaths {
  private static final int MAX_LINKS = 40;

  private MountPaths() {}

  /** A path without symbolic links as far as it exists, and the mount of a dot that it met. */
  public record Resolved(Path path, Optional<MountPoint> dotMount) {}

  /** Follows {@code path}, which is absolute, until it ends or meets the mount of a dot. */
  public static Resolved resolve(Path path) throws IOException {
    return resolve(path.normalize(), MountTable.read(), MAX_LINKS);
  }

  private static Resolved resolve(Path path, MountTable mounts, int links) throws IOException {
    Path at = Path.of("/");
    for (int i = 0; i < path.getNameCount(); i++) {
      Path next = at.resolve(path.getName(i));
      Optional<MountPoint> mount = mounts.at(next).filter(MountPoint::isDotfs);
      if (mount.isPresent()) {
        return new Resolved(path, mount);
      }
      Optional<Path> target = link(next);
      if (target.isPresent()) {
        if (links == 0) {
          throw new IOException("too many symbolic links in " + path);
        }
        Path followed = at.resolve(target.get());
        for (int rest = i + 1; rest < path.getNameCount(); rest++) {
          followed = followed.resolve(path.getName(rest));
        }
        return resolve(followed.normalize(), mounts, links - 1);
      }
      at = next;
    }
    return new Resolved(path, Optional.empty());
  }

  private static Optional<Path> link(Path path) throws IOException {
    if (!Files.isSymbolicLink(path)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readSymbolicLink(path));
    } catch (NotLinkException e) {
      return Optional.empty(); // replaced meanwhile
    }
  }

  /**
   * The directory in the form in which mounts are recorded.
   *
   * @throws DaemonException if it is not there, is no directory, or lies on the mount of a dot
   */
  public static Path checkDirectory(String text) throws DaemonException, IOException {
    Path asked = Path.of(text);
    if (!asked.isAbsolute()) {
      throw new DaemonException(ErrorKind.BAD_REQUEST, "not an absolute path: " + text);
    }
    Resolved resolved = resolve(asked);
    if (resolved.dotMount().isPresent()) {
      Path mount = resolved.dotMount().get().directory();
      boolean same = mount.equals(resolved.path());
      throw new DaemonException(
          ErrorKind.ALREADY_EXISTS,
          (same ? "a dot is mounted at " : "on the mount of a dot: ") + resolved.path(),
          "dm unmount " + mount);
    }
    if (!Files.isDirectory(resolved.path())) {
      throw new DaemonException(
          ErrorKind.UNKNOWN_PATH, "no such directory: " + asked, "mkdir -p " + asked);
    }
    return resolved.path();
  }
}
