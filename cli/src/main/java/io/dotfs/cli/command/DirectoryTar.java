package io.dotfs.cli.command;

import io.dotfs.daemon.api.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A directory as a tar, made by GNU tar with the caller's permissions: it reads what a file has
 * besides its bytes, on every file system.
 */
final class DirectoryTar implements ByteStreams.Source {
  /** Its exit status when a file changed while it was read. */
  private static final int CHANGED = 1;

  private final Path directory;

  DirectoryTar(Path directory) {
    this.directory = directory;
  }

  /**
   * Checks that this host can do it.
   *
   * @throws CommandException if it has no GNU tar
   */
  static void requireTar() throws CommandException {
    boolean gnu = false;
    try {
      Process process =
          new ProcessBuilder("tar", "--version")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String version =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      gnu = process.waitFor() == 0 && version.contains("GNU tar");
    } catch (IOException e) {
      gnu = false; // there is no tar at all
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted");
    }
    if (!gnu) {
      throw CommandException.failed(
          "to import a directory takes GNU tar, which this host does not have",
          "dm import DOT FILE.tar takes what any tar made");
    }
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    Path messages = Files.createTempFile("dm-import", ".err");
    try {
      Process tar =
          new ProcessBuilder(
                  "tar",
                  "--create",
                  "--file=-",
                  "--format=posix",
                  "--pax-option=delete=atime,delete=ctime",
                  "--numeric-owner",
                  "--sparse",
                  "--xattrs",
                  "--xattrs-include=*",
                  "--acls",
                  "--directory=" + directory,
                  ".")
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(messages.toFile())
              .start();
      try (InputStream bytes = tar.getInputStream()) {
        bytes.transferTo(out);
        check(tar.waitFor(), messages);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } finally {
        tar.destroy();
      }
    } finally {
      Files.delete(messages);
    }
  }

  private void check(int status, Path messages) throws IOException {
    if (status == 0) {
      return;
    }
    List<String> lines =
        new String(Files.readAllBytes(messages), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains("socket ignored"))
            .toList();
    Optional<String> first = lines.stream().findFirst();
    throw new IOException(
        (status == CHANGED ? directory + " changed while it was read" : "cannot read " + directory)
            + first.map(line -> " (" + line.replaceFirst("^tar: ", "") + ")").orElse(""));
  }
}
