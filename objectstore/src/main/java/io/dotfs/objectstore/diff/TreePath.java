package io.dotfs.objectstore.diff;

import io.dotfs.objectstore.object.ByteName;
import io.dotfs.objectstore.object.TreeEntry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path from the root of a commit: {@code subdot/path/in/it}, as raw bytes.
 *
 * @param names each a valid file name; none for the root itself
 */
public record TreePath(List<ByteName> names) implements Comparable<TreePath> {
  /** The root of a commit's tree. */
  public static final TreePath ROOT = new TreePath(List.of());

  public TreePath {
    names = List.copyOf(names);
    for (ByteName name : names) {
      if (!TreeEntry.isName(name)) {
        throw new IllegalArgumentException("not a file name: " + name);
      }
    }
  }

  /**
   * Splits {@code path} at slashes; leading, trailing and doubled ones do not count.
   *
   * @throws IllegalArgumentException if a part is no file name, {@code ..} for example
   */
  public static TreePath parse(ByteName path) {
    byte[] bytes = path.toBytes();
    List<ByteName> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '/') {
        if (i > start) {
          names.add(ByteName.of(Arrays.copyOfRange(bytes, start, i)));
        }
        start = i + 1;
      }
    }
    return new TreePath(names);
  }

  /** This path and one name beneath it. */
  public TreePath child(ByteName name) {
    List<ByteName> longer = new ArrayList<>(names.size() + 1);
    longer.addAll(names);
    longer.add(name);
    return new TreePath(longer);
  }

  /** Whether this is {@code other} or lies above it. */
  public boolean isPrefixOf(TreePath other) {
    return names.size() <= other.names.size() && names.equals(other.names.subList(0, names.size()));
  }

  /** The names joined by slashes. */
  public ByteName toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        out.write('/');
      }
      out.writeBytes(names.get(i).toBytes());
    }
    return ByteName.of(out.toByteArray());
  }

  /** By the names in turn, a directory before what it holds. */
  @Override
  public int compareTo(TreePath other) {
    int common = Math.min(names.size(), other.names.size());
    for (int i = 0; i < common; i++) {
      int order = names.get(i).compareTo(other.names.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(names.size(), other.names.size());
  }

  /** The path read as UTF-8; for messages. */
  @Override
  public String toString() {
    return toBytes().toString();
  }
}
