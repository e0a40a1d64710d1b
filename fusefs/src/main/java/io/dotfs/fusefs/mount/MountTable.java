package io.dotfs.fusefs.mount;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts that this process sees, read from {@code /proc/self/mountinfo}: asking it touches no
 * mount, whatever state its server is in.
 */
public final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  /** How the JVM turns path bytes into strings, so that ours compare equal to its own. */
  private static final Charset PATH_CHARSET =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private final List<MountPoint> mounts;

  private MountTable(List<MountPoint> mounts) {
    this.mounts = List.copyOf(mounts);
  }

  /** The mounts of now. */
  public static MountTable read() throws IOException {
    return parse(Files.readAllBytes(MOUNTINFO));
  }

  static MountTable parse(byte[] content) throws IOException {
    List<MountPoint> mounts = new ArrayList<>();
    // Latin-1 keeps each byte as one character until escapes are undone.
    for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      if (!line.isEmpty()) {
        mounts.add(parseLine(line));
      }
    }
    return new MountTable(mounts);
  }

  /** All mounts, in the kernel's order: of two on one directory, the later one covers. */
  public List<MountPoint> mounts() {
    return mounts;
  }

  /** The mounts of type {@value MountPoint#DOTFS_TYPE} whose source starts with {@code prefix}. */
  public List<MountPoint> dotfsMounts(String prefix) {
    return mounts.stream().filter(m -> m.isDotfs() && m.source().startsWith(prefix)).toList();
  }

  /** The topmost mount on exactly {@code directory}, which has no symbolic links in it. */
  public Optional<MountPoint> at(Path directory) {
    return mounts.stream()
        .filter(m -> m.directory().equals(directory))
        .reduce((covered, covering) -> covering);
  }

  /** The places at which the file system {@code device} is mounted, bind mounts included. */
  public List<MountPoint> ofDevice(DeviceNumber device) {
    return mounts.stream().filter(m -> m.device().equals(device)).toList();
  }

  /** ID PARENT MAJOR:MINOR ROOT DIRECTORY OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS. */
  private static MountPoint parseLine(String line) throws IOException {
    String[] fields = line.split(" ", -1);
    int dash = 6;
    while (dash < fields.length && !fields[dash].equals("-")) {
      dash++;
    }
    if (dash + 2 >= fields.length) {
      throw new IOException("line of " + MOUNTINFO + " not understood: " + line);
    }
    try {
      int colon = fields[2].indexOf(':');
      return new MountPoint(
          Integer.parseInt(fields[0]),
          Integer.parseInt(fields[1]),
          new DeviceNumber(
              Integer.parseInt(fields[2].substring(0, Math.max(colon, 0))),
              Integer.parseInt(fields[2].substring(colon + 1))),
          unescape(fields[3]),
          Path.of(unescape(fields[4])),
          fields[5],
          fields[dash + 1],
          unescape(fields[dash + 2]));
    } catch (IllegalArgumentException e) {
      throw new IOException("line of " + MOUNTINFO + " not understood: " + line, e);
    }
  }

  /** Undoes the kernel's octal escapes of space, tab, newline, backslash and hash. */
  static String unescape(String field) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length() && isOctal(field, i + 1)) {
        bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(PATH_CHARSET);
  }

  private static boolean isOctal(String field, int from) {
    return field.chars().skip(from).limit(3).allMatch(c -> c >= '0' && c <= '7');
  }
}
