package io.dotfs.cli.command;

import io.dotfs.daemon.api.DaemonException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there whole or not at all. */
final class NewFile {
  private NewFile() {}

  /** Writes the bytes. */
  @FunctionalInterface
  interface Filling<R> {
    R fill(OutputStream out) throws DaemonException, IOException;
  }

  /** Why it could not be written, for a user. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such directory";
    } else if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : String.valueOf(e.getMessage());
  }

  /** A file gets its name when it is whole; what is no file is written to as it stands. */
  static <R> R write(Path file, Filling<R> filling) throws DaemonException, IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
        return filling.fill(out);
      }
    }
    Path place = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    Path part =
        place.resolveSibling("." + place.getFileName() + "." + ProcessHandle.current().pid());
    boolean done = false;
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            1 << 17)) {
      R reply = filling.fill(out);
      out.flush();
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      done = true;
      return reply;
    } finally {
      if (!done && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(part);
      }
    }
  }
}
