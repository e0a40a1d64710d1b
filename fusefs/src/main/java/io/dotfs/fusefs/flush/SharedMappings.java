package io.dotfs.fusefs.flush;

import io.dotfs.fusefs.mount.DeviceNumber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which files of given devices are mapped MAP_SHARED by any process, from {@code /proc/PID/maps}
 * (proc(5)). Mappings that are read-only now count as well: they may have been written to before an
 * mprotect(2).
 */
final class SharedMappings {
  /** A mapping may vanish while we look at it; others of the same file serve as well. */
  private static final int MAX_PLACES = 4;

  /** A file on a device. */
  record FileKey(DeviceNumber device, long inode) {}

  /**
   * Where a file is mapped.
   *
   * @param range as {@code /proc/PID/map_files} names it
   * @param path its name in that process's tree of names, with newlines escaped
   */
  record Place(String pid, String range, String path) {
    /** Opens the very file that is mapped, whatever its name has become. */
    Path mapFile() {
      return Path.of("/proc", pid, "map_files", range);
    }
  }

  /** From the space before the permissions to the letter that says shared or private. */
  private static final int SHARING = 4;

  /** Longer than any line: a path has at most 4096 bytes, of which each may be escaped. */
  private static final int BUFFER_BYTES = 65_536;

  private final Set<DeviceNumber> devices;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Map<FileKey, List<Place>> files = new LinkedHashMap<>();
  private int unreadable;

  private SharedMappings(Set<DeviceNumber> devices) {
    this.devices = devices;
  }

  /** Looks at all processes. */
  static SharedMappings find(Path proc, Set<DeviceNumber> devices) throws IOException {
    SharedMappings found = new SharedMappings(devices);
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        found.scan(process);
      }
    }
    return found;
  }

  Map<FileKey, List<Place>> files() {
    return files;
  }

  /** Processes whose mappings this user may not see. */
  int unreadable() {
    return unreadable;
  }

  private void scan(Path process) {
    String pid = process.getFileName().toString();
    try (InputStream maps = Files.newInputStream(process.resolve("maps"))) {
      int kept = 0;
      for (int count = maps.read(buffer); count >= 0; count = maps.read(buffer, kept, room(kept))) {
        kept = lines(pid, kept + count);
      }
    } catch (AccessDeniedException e) {
      unreadable++;
    } catch (IOException e) {
      // The process has ended meanwhile (ENOENT, ESRCH), and with it its mappings: the kernel
      // wrote them back when it took them down.
      return;
    }
  }

  private int room(int kept) throws IOException {
    if (kept == buffer.length) {
      throw new IOException("a line longer than " + kept + " bytes");
    }
    return buffer.length - kept;
  }

  /**
   * Takes the whole lines out of the first {@code count} bytes and moves the rest to the front. Of
   * the thousands of mappings on a host few are shared: only those become text.
   *
   * @return length of the rest
   */
  private int lines(String pid, int count) {
    int start = 0;
    int space = -1;
    for (int i = 0; i < count; i++) {
      if (buffer[i] == ' ' && space < 0) {
        space = i;
      } else if (buffer[i] == '\n') {
        if (space >= 0 && space + SHARING < i && buffer[space + SHARING] == 's') {
          // Latin-1 keeps each byte of a name as one character.
          String line = new String(buffer, start, i - start, StandardCharsets.ISO_8859_1);
          parse(line).ifPresent(mapping -> add(pid, mapping));
        }
        start = i + 1;
        space = -1;
      }
    }
    System.arraycopy(buffer, start, buffer, 0, count - start);
    return count - start;
  }

  private void add(String pid, Mapping mapping) {
    if (devices.contains(mapping.key.device)) {
      List<Place> places = files.computeIfAbsent(mapping.key, key -> new ArrayList<>());
      if (places.size() < MAX_PLACES) {
        places.add(new Place(pid, mapping.range, mapping.path));
      }
    }
  }

  /** One shared mapping of a file. */
  record Mapping(FileKey key, String range, String path) {}

  /** RANGE PERMS OFFSET MAJOR:MINOR INODE PATH; empty unless shared and of a file. */
  static Optional<Mapping> parse(String line) {
    int permissions = line.indexOf(' ') + 1;
    int offset = line.indexOf(' ', permissions) + 1;
    int device = line.indexOf(' ', offset) + 1;
    int inode = line.indexOf(' ', device) + 1;
    int end = line.indexOf(' ', inode);
    if (permissions < 1 || offset - permissions != 5 || device < 1 || inode < 1 || end < 0) {
      return Optional.empty();
    }
    if (line.charAt(permissions + 3) != 's') {
      return Optional.empty();
    }
    int colon = line.indexOf(':', device);
    try {
      DeviceNumber number =
          new DeviceNumber(
              Integer.parseInt(line.substring(device, Math.max(colon, device)), 16),
              Integer.parseInt(line.substring(colon + 1, inode - 1), 16));
      return Optional.of(
          new Mapping(
              new FileKey(number, Long.parseUnsignedLong(line.substring(inode, end))),
              line.substring(0, permissions - 1),
              line.substring(end).strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
