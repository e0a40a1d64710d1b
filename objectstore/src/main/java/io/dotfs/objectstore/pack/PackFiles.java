package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.object.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Names and the durable steps of files in a store's directory: {@code pack-HASH.pack} with {@code
 * pack-HASH.idx}, and {@code tmp/*} while they are being written. A pack counts once its index has
 * its name, which it gets last.
 */
public final class PackFiles {
  private static final int ZEROS_BYTES = 1 << 20;
  private static final String FINISHED_PREFIX = "pack-";

  private static final String TEMPORARY_DIRECTORY = "tmp";

  private PackFiles() {}

  /** The index that belongs to {@code pack}. */
  public static Path indexOf(Path pack) {
    String name = String.valueOf(pack.getFileName());
    return pack.resolveSibling(
        name.substring(0, name.length() - PackFormat.PACK_SUFFIX.length())
            + PackFormat.INDEX_SUFFIX);
  }

  /** The name of the finished pack whose trailer holds {@code hash}. */
  static Path packIn(Path directory, ObjectId hash) {
    return directory.resolve(FINISHED_PREFIX + hash + PackFormat.PACK_SUFFIX);
  }

  /**
   * Where files are while they are being written: apart, so that the store's own directory changes
   * only when its content does.
   */
  static Path temporariesIn(Path directory) {
    return directory.resolve(TEMPORARY_DIRECTORY);
  }

  /** A new name for a pack that is being written. */
  static Path temporaryPackIn(Path directory, WriterLease lease, long number) {
    return temporariesIn(directory).resolve(lease.token() + "-" + number + PackFormat.PACK_SUFFIX);
  }

  /**
   * The finished packs in {@code directory}, newest first by modification time: those that have an
   * index, or ({@code indexed} false) those that have none.
   */
  public static List<Path> packs(Path directory, boolean indexed) throws StorageException {
    record Dated(Path pack, long time) {}
    List<Dated> found = new ArrayList<>();
    String suffix = indexed ? PackFormat.INDEX_SUFFIX : PackFormat.PACK_SUFFIX;
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, FINISHED_PREFIX + "*" + suffix)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        Path pack =
            file.resolveSibling(
                name.substring(0, name.length() - suffix.length()) + PackFormat.PACK_SUFFIX);
        if (!indexed && Files.exists(indexOf(pack))) {
          continue;
        }
        modified(file).ifPresent(millis -> found.add(new Dated(pack, millis)));
      }
    } catch (IOException e) {
      throw StorageException.of("cannot list " + directory, e);
    }
    found.sort((a, b) -> Long.compare(b.time(), a.time()));
    List<Path> packs = new ArrayList<>(found.size());
    found.forEach(dated -> packs.add(dated.pack()));
    return Collections.unmodifiableList(packs);
  }

  /** When the file was last written; nothing if another process has removed it since. */
  private static Optional<Long> modified(Path file) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(file).toMillis());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** When {@code file} was last written; 0 if it is gone. */
  static long modifiedMillis(Path file) throws StorageException {
    try {
      return modified(file).orElse(0L);
    } catch (IOException e) {
      throw StorageException.of("cannot read " + file, e);
    }
  }

  /** Writes a new file whose content is durable on return; its name is not yet. */
  public static void writeSynced(Path file, ByteBuffer content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
  }

  /**
   * Maps a new file of {@code bytes} zeros, which has a name for a moment only. All of it is
   * written before it is mapped: with holes, a full disk would end the process.
   */
  public static ByteBuffer mapUnnamed(Path directory, WriterLease lease, long number, int bytes)
      throws IOException {
    Path file = temporariesIn(directory).resolve(lease.token() + "-" + number + ".scratch");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      Files.delete(file);
      ByteBuffer zeros = ByteBuffer.allocate(Math.min(bytes, ZEROS_BYTES));
      for (int written = 0; written < bytes; ) {
        zeros.clear().limit(Math.min(zeros.capacity(), bytes - written));
        written += channel.write(zeros);
      }
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
    }
  }

  /** Gives {@code file} the name {@code target}, replacing what has it. */
  static void rename(Path file, Path target) throws IOException {
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Gives the content of {@code file} a second name in the store {@code directory}, replacing what
   * has it: a pack that was verified just now is better than one of that name that may be damaged.
   */
  public static void link(Path directory, WriterLease lease, Path file, Path name)
      throws IOException {
    Path temporary =
        temporariesIn(directory).resolve(lease.token() + "-link-" + name.getFileName());
    Files.createLink(temporary, file);
    try {
      rename(temporary, name);
    } finally {
      // A rename between two names of one file does nothing (rename(2)).
      Files.deleteIfExists(temporary);
    }
  }

  /** Dates a finished pack and its index: a store tells by that how long it has had them. */
  public static void setModified(Path pack, long millis) throws IOException {
    Files.setLastModifiedTime(pack, FileTime.fromMillis(millis));
    Files.setLastModifiedTime(indexOf(pack), FileTime.fromMillis(millis));
  }

  /** Makes the names in {@code directory} durable. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
