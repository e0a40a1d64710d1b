package io.dotfs.fusefs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Resolves symbolic links without ever looking at something that lies on a mount of ours: the
 * process that serves it would wait for itself, and a dead server's mount answers nobody.
 */
public final class SafePath {
  /** As Linux has it (path_resolution(7)). */
  private static final int MAX_LINKS = 40;

  private SafePath() {}

  /**
   * The real path of {@code path}: absolute, without links, dots and double dots.
   *
   * @param path absolute
   * @throws MountException {@link MountException.Reason#BUSY} if the path is a mount point of ours;
   *     {@link MountException.Reason#BAD_MOUNT_POINT} if it lies below one, or leads nowhere
   */
  public static Path resolve(Path path) throws MountException {
    try {
      return resolve(path, MountTable.read());
    } catch (NoSuchFileException e) {
      throw new MountException(
          MountException.Reason.BAD_MOUNT_POINT, "no such directory: " + path, e);
    } catch (MountException e) {
      throw e;
    } catch (IOException e) {
      throw new MountException(
          MountException.Reason.BAD_MOUNT_POINT, "cannot resolve " + path + ": " + e, e);
    }
  }

  private static Path resolve(Path path, MountTable mounts) throws IOException {
    Path rest = path.normalize();
    Path done = Path.of("/");
    int links = 0;
    while (rest.getNameCount() > 0) {
      Path next = done.resolve(rest.getName(0)).normalize();
      rest = rest.getNameCount() == 1 ? Path.of("/") : rest.subpath(1, rest.getNameCount());
      if (mounts.at(next).filter(MountPoint::isDotfs).isPresent()) {
        boolean last = rest.equals(Path.of("/"));
        throw new MountException(
            last ? MountException.Reason.BUSY : MountException.Reason.BAD_MOUNT_POINT,
            last ? next + " is mounted already" : path + " lies on the mount " + next);
      }
      if (Files.isSymbolicLink(next)) {
        if (++links > MAX_LINKS) {
          throw new MountException(
              MountException.Reason.BAD_MOUNT_POINT, "too many symbolic links: " + path);
        }
        Path target = done.resolve(Files.readSymbolicLink(next));
        rest = rest.equals(Path.of("/")) ? target : target.resolve(rest);
        rest = rest.normalize();
        done = Path.of("/");
      } else if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        done = next;
      } else {
        throw new NoSuchFileException(next.toString());
      }
    }
    return done;
  }
}
