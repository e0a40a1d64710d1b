package io.dotfs.daemon.mounts;

import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.fusefs.mount.DeviceNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out who has a file, directory, working directory, root or mapping on given mounts, from
 * {@code /proc} alone (man 5 proc): {@code readlink} of descriptors and directories, {@code mnt_id}
 * in {@code fdinfo}, device numbers in {@code maps}. It looks at no path on a mount.
 *
 * <p>Processes in other mount namespaces (containers) are seen too: each namespace's own {@code
 * mountinfo} says which mount ids and directories belong to the devices. Processes that may not be
 * looked into are passed over. Any thread may use it.
 */
public final class OpenFileScanner {
  /** More findings than these help nobody. */
  private static final int MAX_FINDINGS = 1000;

  private final Path proc;
  private final long self;

  /** A scanner of the host's {@code /proc} that leaves out this process. */
  public OpenFileScanner() {
    this(Path.of("/proc"), ProcessHandle.current().pid());
  }

  OpenFileScanner(Path proc, long self) {
    this.proc = proc;
    this.self = self;
  }

  /** The mounts of the wanted devices in one mount namespace. */
  private record Namespace(Map<String, String> subdotByMountId, Map<String, String> directories) {}

  /** One look at all processes. */
  private static final class Scan {
    final Map<DeviceNumber, String> wanted;

    /** As {@code maps} writes devices: most lines there are told by this alone. */
    final Map<String, String> wantedInMaps = new HashMap<>();

    final Map<String, Namespace> namespaces = new HashMap<>();
    final List<OpenFile> found = new ArrayList<>();

    Scan(Map<DeviceNumber, String> wanted) {
      this.wanted = wanted;
      wanted.forEach(
          (device, subdot) ->
              wantedInMaps.put(hex(device.major()) + ":" + hex(device.minor()), subdot));
    }

    /** At least two digits (fs/proc/task_mmu.c: {@code %02x:%02x}). */
    private static String hex(int number) {
      return (number < 16 ? "0" : "") + Integer.toHexString(number);
    }
  }

  /**
   * What is open.
   *
   * @param devices the mounts in question, each with the name that findings carry as their subdot
   */
  public List<OpenFile> scan(Map<DeviceNumber, String> devices) throws IOException {
    Scan scan = new Scan(devices);
    if (devices.isEmpty()) {
      return scan.found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != self && scan.found.size() < MAX_FINDINGS) {
          look(scan, process, pid);
        }
      }
    }
    return scan.found;
  }

  private void look(Scan scan, Path process, long pid) {
    Namespace namespace;
    try {
      namespace = namespace(scan, process);
    } catch (IOException e) {
      return; // gone, a zombie, or not ours to see
    }
    Set<String> seen = new HashSet<>();
    Finder finder =
        (how, path, subdot) -> {
          if (seen.add(how + path)) {
            scan.found.add(new OpenFile(pid, command(process), how, path, subdot));
          }
        };
    directory(process.resolve("cwd"), "working directory", namespace, finder);
    directory(process.resolve("root"), "root", namespace, finder);
    descriptors(process, namespace, finder);
    mappings(scan, process, finder);
  }

  @FunctionalInterface
  private interface Finder {
    void found(String how, String path, String subdot);
  }

  private static Namespace namespace(Scan scan, Path process) throws IOException {
    String id = Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
    // The root is part of the key: mountinfo names directories as the process sees them.
    String key = id + " " + Files.readSymbolicLink(process.resolve("root"));
    Namespace known = scan.namespaces.get(key);
    if (known != null) {
      return known;
    }
    Map<String, String> ids = new HashMap<>();
    Map<String, String> directories = new HashMap<>();
    for (String line :
        Files.readString(process.resolve("mountinfo"), StandardCharsets.ISO_8859_1)
            .split("\n", -1)) {
      String[] fields = line.split(" ", 6);
      if (fields.length == 6) {
        Optional<String> subdot = wanted(scan, fields[2]);
        if (subdot.isPresent()) {
          ids.put(fields[0], subdot.get());
          directories.put(unescape(fields[4]), subdot.get());
        }
      }
    }
    Namespace fresh = new Namespace(ids, directories);
    scan.namespaces.put(key, fresh);
    return fresh;
  }

  private static Optional<String> wanted(Scan scan, String device) {
    int colon = device.indexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    try {
      DeviceNumber number =
          new DeviceNumber(
              Integer.parseInt(device, 0, colon, 10),
              Integer.parseInt(device, colon + 1, device.length(), 10));
      return Optional.ofNullable(scan.wanted.get(number));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static void directory(Path link, String how, Namespace namespace, Finder finder) {
    if (namespace.directories().isEmpty()) {
      return;
    }
    Optional<String> target = readlink(link);
    if (target.isPresent()) {
      for (Map.Entry<String, String> mount : namespace.directories().entrySet()) {
        if (isBelow(target.get(), mount.getKey())) {
          finder.found(how, target.get(), mount.getValue());
          return;
        }
      }
    }
  }

  /**
   * Sockets, pipes and the like, which are most, have no path; of the rest {@code fdinfo} says
   * which mount.
   */
  private static void descriptors(Path process, Namespace namespace, Finder finder) {
    if (namespace.subdotByMountId().isEmpty()) {
      return;
    }
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        Optional<String> target = readlink(descriptor).filter(path -> path.startsWith("/"));
        if (target.isPresent()) {
          Path info = process.resolve("fdinfo").resolve(descriptor.getFileName());
          mountId(info)
              .map(namespace.subdotByMountId()::get)
              .ifPresent(
                  subdot ->
                      finder.found(
                          namespace.directories().containsKey(target.get()) ? "directory" : "file",
                          target.get(),
                          subdot));
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return; // the process has ended meanwhile, or is another user's
    }
  }

  private static Optional<String> mountId(Path info) {
    try {
      String text = Files.readString(info, StandardCharsets.ISO_8859_1);
      int at = text.indexOf("mnt_id:");
      if (at < 0) {
        return Optional.empty();
      }
      int end = text.indexOf('\n', at);
      return Optional.of(text.substring(at + 7, end < 0 ? text.length() : end).strip());
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }

  private static void mappings(Scan scan, Path process, Finder finder) {
    try (BufferedReader maps =
        Files.newBufferedReader(process.resolve("maps"), StandardCharsets.ISO_8859_1)) {
      for (String line = maps.readLine(); line != null; line = maps.readLine()) {
        Optional<String> subdot = Optional.ofNullable(scan.wantedInMaps.get(fourth(line)));
        int path = line.indexOf('/');
        if (subdot.isPresent() && path >= 0) {
          finder.found("mapping", unescape(line.substring(path)), subdot.get());
        }
      }
    } catch (IOException e) {
      return; // the process has ended meanwhile, or is another user's
    }
  }

  /** The fourth of the words that single blanks separate; empty if there are fewer. */
  private static String fourth(String line) {
    int begin = 0;
    for (int word = 1; word < 4; word++) {
      begin = line.indexOf(' ', begin) + 1;
      if (begin == 0) {
        return "";
      }
    }
    int end = line.indexOf(' ', begin);
    return line.substring(begin, end < 0 ? line.length() : end);
  }

  private static Optional<String> readlink(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  private static boolean isBelow(String path, String directory) {
    return path.equals(directory)
        || path.startsWith(directory.endsWith("/") ? directory : directory + "/");
  }

  /** Undoes the kernel's octal escapes; the result is Latin-1, as everything here. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return utf8(field);
    }
    StringBuilder out = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        out.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(field.charAt(i));
      }
    }
    return utf8(out.toString());
  }

  private static String utf8(String latin1) {
    return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
