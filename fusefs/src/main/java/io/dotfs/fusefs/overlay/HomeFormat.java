package io.dotfs.fusefs.overlay;

import io.dotfs.objectstore.pack.PackFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The file {@code format} in a home: which layout it has, and that it was once made to the end. A
 * home that has it is never made anew: what is missing there was lost, and an empty database in its
 * place would let go of everything that the rest still holds.
 */
final class HomeFormat {
  private static final String FILE = "format";
  private static final String LAYOUT = "1\n";
  private static final List<String> PARTS = List.of("meta/CURRENT", "overlay", "objects");

  private HomeFormat() {}

  /**
   * Whether a home was made in the directory.
   *
   * @throws IOException if it is of a layout that this version does not know, or has lost a part
   */
  static boolean isMade(Path home) throws IOException {
    String layout;
    try {
      layout = Files.readString(home.resolve(FILE), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (!layout.equals(LAYOUT)) {
      throw new IOException(
          "the home " + home + " is not of layout " + LAYOUT.strip() + ": see its file " + FILE);
    }
    for (String part : PARTS) {
      if (!Files.exists(home.resolve(part))) {
        throw new IOException(
            "the home " + home + " has lost its " + part + ": put it back from a copy");
      }
    }
    return true;
  }

  /** Records that everything is there now; durable when it returns. */
  static void record(Path home) throws IOException {
    Path next = home.resolve(FILE + ".new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer text = ByteBuffer.wrap(LAYOUT.getBytes(StandardCharsets.ISO_8859_1));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(next, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    PackFiles.syncDirectory(home);
  }
}
