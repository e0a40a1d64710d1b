package io.dotfs.objectstore.archive;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path of a tar, checked, as a key: its names with a NUL between them, so that the order of the
 * bytes is that of a walk through the tree, each directory before what is in it. The top is no
 * bytes.
 */
final class PathKey {
  private PathKey() {}

  /**
   * The key of a path as tars write them: {@code ./} before it, {@code /} behind it, and empty
   * parts mean nothing.
   *
   * @throws BadArchiveException if it is absolute, goes up with {@code ..}, or is no path
   */
  static byte[] of(ByteName path) throws BadArchiveException {
    if (path.length() == 0) {
      throw new BadArchiveException("a member of the tar has no name");
    }
    if (path.length() > TarImport.MAX_PATH_BYTES) {
      throw refused(path, "is longer than " + TarImport.MAX_PATH_BYTES + " bytes");
    }
    if (path.at(0) == '/') {
      throw refused(path, "is absolute");
    }
    byte[] bytes = path.toBytes();
    ByteArrayOutputStream key = new ByteArrayOutputStream(bytes.length);
    int depth = 0;
    for (int begin = 0; begin < bytes.length; ) {
      int end = begin;
      while (end < bytes.length && bytes[end] != '/') {
        end++;
      }
      ByteName name = ByteName.of(Arrays.copyOfRange(bytes, begin, end));
      boolean here = name.length() == 0 || (name.length() == 1 && name.at(0) == '.');
      if (!here) {
        if (name.length() == 2 && name.at(0) == '.' && name.at(1) == '.') {
          throw refused(path, "leads out of the tree");
        }
        if (!TreeEntry.isName(name)) {
          throw refused(path, "holds a name that no file can have");
        }
        TarImport.checkDepth(++depth);
        if (key.size() > 0) {
          key.write(0);
        }
        key.writeBytes(name.toBytes());
      }
      begin = end + 1;
    }
    return key.toByteArray();
  }

  private static BadArchiveException refused(ByteName path, String why) {
    return new BadArchiveException(BadArchiveException.shown(path) + " in the tar " + why);
  }

  /** The names of a key. */
  static List<ByteName> names(byte[] key) {
    List<ByteName> names = new ArrayList<>();
    for (int begin = 0; begin < key.length; ) {
      int end = begin;
      while (end < key.length && key[end] != 0) {
        end++;
      }
      names.add(ByteName.of(Arrays.copyOfRange(key, begin, end)));
      begin = end + 1;
    }
    return names;
  }

  /** The path for a message. */
  static String shown(byte[] key) {
    byte[] path = key.clone();
    for (int i = 0; i < path.length; i++) {
      if (path[i] == 0) {
        path[i] = '/';
      }
    }
    return BadArchiveException.shown(ByteName.of(path));
  }
}
