package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The reflog of one ref: UTF-8 lines, the first {@code dotfs-reflog 1 NAME}, then {@code CRC
 * SEQUENCE ENTRY} for each change, oldest first. SEQUENCE is the batch's number, ENTRY as in {@link
 * ReflogLine}, CRC the CRC32C of what follows it and its space.
 *
 * <p>A power cut may leave the last line torn, or zeros in its place: {@link #read} takes no notice
 * of it, and the next {@link #append} cuts it off. Any other line was synced before the next one
 * was begun, and damage to it is an error.
 *
 * @param path where it is, whether it exists or not
 * @param name the ref
 */
record ReflogFile(Path path, RefName name) {
  private static final String HEADER = "dotfs-reflog 1 ";
  private static final int FIRST_WINDOW_BYTES = 16 << 10;
  private static final int LARGEST_WINDOW_BYTES = 1 << 30;

  /**
   * One line.
   *
   * @param sequence the batch that it belongs to
   * @param entry what happened
   */
  record Line(long sequence, ReflogEntry entry) {}

  /**
   * What a look at the end of the file found.
   *
   * @param lines oldest first
   * @param validBytes where the last whole line ends; 0 if there is not even a header
   */
  private record Tail(List<Line> lines, long validBytes) {}

  /**
   * Appends a line and syncs the file, unless the line is there already. Only one may append at a
   * time. A new file's directory is the caller's to sync.
   *
   * @return whether the file was created
   */
  boolean append(Line line) throws StorageException {
    try (FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      Tail tail = tail(file, 1);
      boolean there =
          !tail.lines.isEmpty() && tail.lines.get(tail.lines.size() - 1).sequence >= line.sequence;
      if (!there) {
        file.truncate(tail.validBytes);
        long end = tail.validBytes;
        if (end == 0) {
          end = write(file, end, header());
          // So that nothing but the header itself can be torn before it is whole.
          file.force(true);
        }
        write(file, end, encode(line));
      }
      // Also when it was there: whoever wrote it may not have lived to sync it.
      file.force(true);
      return tail.validBytes == 0;
    } catch (IOException e) {
      throw StorageException.of("cannot write the reflog of " + name, e);
    }
  }

  /** The newest lines of batches before {@code sequence}, newest first, at most {@code limit}. */
  List<Line> read(long sequence, int limit) throws StorageException {
    List<Line> newest = new ArrayList<>();
    // One batch, the one being appended while we read, may have to be left out.
    int wanted = limit == Integer.MAX_VALUE ? limit : limit + 1;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      List<Line> lines = tail(file, wanted).lines;
      for (int i = lines.size() - 1; i >= 0 && newest.size() < limit; i--) {
        if (lines.get(i).sequence < sequence) {
          newest.add(lines.get(i));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw StorageException.of("cannot read the reflog of " + name, e);
    }
    return newest;
  }

  /**
   * The ref whose reflog the file is; nothing for a file that is torn or something else.
   *
   * @throws StorageException if it cannot be read
   */
  static Optional<RefName> nameIn(Path path) throws StorageException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      byte[] start = readFully(file, 0, (int) Math.min(file.size(), FIRST_WINDOW_BYTES));
      int end = endOfLine(start, 0);
      String line = new String(start, 0, end, StandardCharsets.UTF_8);
      if (!line.startsWith(HEADER) || !line.endsWith("\n")) {
        return Optional.empty();
      }
      return Optional.of(new RefName(line.substring(HEADER.length(), line.length() - 1)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new StorageException("the reflog " + path + " is damaged", false, e);
    } catch (IOException e) {
      throw StorageException.of("cannot read " + path, e);
    }
  }

  /**
   * Drops the oldest lines of changes before {@code before}, but not the last {@code kept}: the
   * file is replaced by a synced one.
   */
  void expire(Instant before, int kept) throws StorageException {
    Path next = path.resolveSibling(path.getFileName() + ".new");
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      List<Line> lines = tail(file, Integer.MAX_VALUE).lines;
      int first = 0;
      while (first < lines.size() - kept && lines.get(first).entry.time().isBefore(before)) {
        first++;
      }
      if (first == 0) {
        return;
      }
      StringBuilder text = new StringBuilder(header());
      for (Line line : lines.subList(first, lines.size())) {
        text.append(encode(line));
      }
      try (FileChannel out =
          FileChannel.open(
              next,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        write(out, 0, text.toString());
        out.force(true);
      }
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Nothing has been logged yet.
      return;
    } catch (IOException e) {
      throw StorageException.of("cannot write the reflog of " + name, e);
    }
  }

  private static String encode(Line line) {
    String body = line.sequence + " " + ReflogLine.encode(line.entry);
    return RefTable.checksum(body) + " " + body + "\n";
  }

  private String header() {
    return HEADER + name + "\n";
  }

  /** Reads from the end in growing windows, until there are {@code wanted} lines or all. */
  private Tail tail(FileChannel file, int wanted) throws IOException, StorageException {
    long size = file.size();
    for (int window = FIRST_WINDOW_BYTES; ; window *= 4) {
      long start = Math.max(0, size - window);
      byte[] bytes = readFully(file, start, (int) (size - start));
      Tail tail = parse(bytes, start);
      if (start == 0 || tail.lines.size() >= wanted || window >= LARGEST_WINDOW_BYTES) {
        return tail;
      }
    }
  }

  private Tail parse(byte[] bytes, long start) throws StorageException {
    List<Line> lines = new ArrayList<>();
    int at = start == 0 ? 0 : endOfLine(bytes, 0);
    long validBytes = start + at;
    while (at < bytes.length) {
      int end = endOfLine(bytes, at);
      boolean whole = bytes[end - 1] == '\n';
      if (start == 0 && at == 0) {
        if (!whole) {
          break;
        }
        checkHeader(new String(bytes, 0, end, StandardCharsets.UTF_8));
      } else {
        Optional<Line> line =
            whole
                ? decode(new String(bytes, at, end - 1 - at, StandardCharsets.UTF_8))
                : Optional.empty();
        if (line.isEmpty() && end < bytes.length) {
          throw new StorageException(
              "the reflog of " + name + " is damaged at offset " + (start + at), false);
        }
        if (line.isEmpty()) {
          break;
        }
        lines.add(line.get());
      }
      validBytes = start + end;
      at = end;
    }
    return new Tail(lines, validBytes);
  }

  private void checkHeader(String line) throws StorageException {
    if (!line.equals(header())) {
      throw new StorageException("the file " + path + " is not the reflog of " + name, false);
    }
  }

  private static Optional<Line> decode(String line) {
    int crcEnd = line.indexOf(' ');
    int sequenceEnd = line.indexOf(' ', crcEnd + 1);
    if (crcEnd != 8 || sequenceEnd < 0) {
      return Optional.empty();
    }
    String body = line.substring(crcEnd + 1);
    if (!RefTable.checksum(body).equals(line.substring(0, crcEnd))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Line(
              Long.parseLong(line, crcEnd + 1, sequenceEnd, 10),
              ReflogLine.decode(line.substring(sequenceEnd + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Index behind the newline at or after {@code from}, or the length if there is none. */
  private static int endOfLine(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return bytes.length;
  }

  /** Writes at {@code position} and returns where it ended. */
  private static long write(FileChannel file, long position, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    long end = position;
    while (bytes.hasRemaining()) {
      end += file.write(bytes, end);
    }
    return end;
  }

  private static byte[] readFully(FileChannel file, long start, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = file.read(buffer, start + buffer.position());
    }
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }
}
