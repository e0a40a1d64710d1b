package io.dotfs.fusefs.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a subdot has to hold, in memory; and a source of random operations on both. */
final class Model {
  static final class Node {
    byte[] data = {};
    String target = "";
    int mode = 0100644;
    int links = 1;
    TreeMap<String, Node> children = new TreeMap<>();

    boolean isDirectory() {
      return (mode & 0170000) == 0040000;
    }

    boolean isRegular() {
      return (mode & 0170000) == 0100000;
    }
  }

  private final Random random;
  Node root = new Node();

  Model(Random random) {
    this.random = random;
    root.mode = 0040755;
  }

  Model copy() {
    Model copy = new Model(random);
    copy.root = copy(root, new IdentityHashMap<>());
    return copy;
  }

  private static Node copy(Node node, Map<Node, Node> done) {
    Node known = done.get(node);
    if (known != null) {
      return known;
    }
    Node copy = new Node();
    done.put(node, copy);
    copy.data = node.data.clone();
    copy.target = node.target;
    copy.mode = node.mode;
    copy.links = node.links;
    node.children.forEach((name, child) -> copy.children.put(name, copy(child, done)));
    return copy;
  }

  List<String> dump() {
    List<String> lines = new ArrayList<>();
    dump(root, "", lines);
    return lines;
  }

  private static void dump(Node directory, String prefix, List<String> lines) {
    directory.children.forEach(
        (name, node) -> {
          String path = prefix + name;
          long links =
              node.isDirectory()
                  ? 2 + node.children.values().stream().filter(Node::isDirectory).count()
                  : node.links;
          String line = path + " " + Integer.toOctalString(node.mode) + " " + links;
          if (node.isDirectory()) {
            lines.add(line);
            dump(node, path + "/", lines);
          } else if (node.isRegular()) {
            lines.add(line + " " + node.data.length + " " + Arrays.hashCode(node.data));
          } else {
            lines.add(line + " -> " + node.target);
          }
        });
  }

  /** Where files of {@code fs} differ, for the log. */
  List<String> differences(Fs fs) throws Exception {
    List<String> found = new ArrayList<>();
    differences(root, "", fs, found);
    return found;
  }

  private static void differences(Node directory, String prefix, Fs fs, List<String> found)
      throws Exception {
    for (Map.Entry<String, Node> entry : directory.children.entrySet()) {
      Node node = entry.getValue();
      String path = prefix + entry.getKey();
      if (node.isDirectory()) {
        differences(node, path + "/", fs, found);
      } else if (node.isRegular() && fs.exists(path)) {
        byte[] there = fs.get(path);
        int first = Arrays.mismatch(node.data, there);
        if (first >= 0) {
          int last = Math.min(node.data.length, there.length) - 1;
          while (last > first && node.data[last] == there[last]) {
            last--;
          }
          found.add(path + " differs from " + first + " to " + last);
        }
      }
    }
  }

  /** A place: a directory and a name in it. */
  private record Place(Node directory, String path, String name) {
    String full() {
      return path.isEmpty() ? name : path + "/" + name;
    }

    boolean taken() {
      return directory.children.containsKey(name);
    }

    Node node() {
      return directory.children.get(name);
    }
  }

  private Place place(boolean existing) {
    Node at = root;
    String path = "";
    while (true) {
      List<String> below =
          at.children.entrySet().stream()
              .filter(e -> e.getValue().isDirectory())
              .map(Map.Entry::getKey)
              .toList();
      if (below.isEmpty() || random.nextInt(3) == 0) {
        break;
      }
      String next = below.get(random.nextInt(below.size()));
      at = at.children.get(next);
      path = path.isEmpty() ? next : path + "/" + next;
    }
    List<String> names = List.copyOf(at.children.keySet());
    String name =
        existing && !names.isEmpty()
            ? names.get(random.nextInt(names.size()))
            : "n" + random.nextInt(12);
    return new Place(at, path, name);
  }

  /** One random operation, on the model and on {@code fs}. */
  void step(Fs fs) throws Exception {
    Place place = place(random.nextInt(4) != 0);
    switch (random.nextInt(14)) {
      case 0 -> mkdir(fs, place);
      case 1, 2 -> create(fs, place);
      case 3, 4, 5, 6 -> write(fs, place);
      case 7 -> truncate(fs, place);
      case 8 -> punch(fs, place);
      case 9 -> remove(fs, place);
      case 10, 11 -> rename(fs, place, place(random.nextBoolean()));
      case 12 -> link(fs, place, place(false));
      default -> symlinkOrChmod(fs, place);
    }
  }

  private void mkdir(Fs fs, Place place) throws Exception {
    if (!place.taken() && place.path().length() < 40) {
      Node node = new Node();
      node.mode = 0040755;
      place.directory().children.put(place.name(), node);
      fs.mkdir(place.full());
    }
  }

  private void create(Fs fs, Place place) throws Exception {
    if (!place.taken()) {
      place.directory().children.put(place.name(), new Node());
      fs.close(fs.create(place.full()));
    }
  }

  private int size() {
    return random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(5000);
  }

  private void write(Fs fs, Place place) throws Exception {
    if (place.taken() && place.node().isRegular()) {
      Node node = place.node();
      int offset =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(node.data.length + 1);
            case 1 -> random.nextInt(node.data.length + 1) & ~16383;
            default -> random.nextInt(node.data.length + 40_000);
          };
      byte[] bytes =
          new byte[random.nextInt(5) == 0 ? 16384 * (1 + random.nextInt(4)) : 1 + size()];
      random.nextBytes(bytes);
      if (node.data.length < offset + bytes.length) {
        node.data = Arrays.copyOf(node.data, offset + bytes.length);
      }
      System.arraycopy(bytes, 0, node.data, offset, bytes.length);
      long open = fs.open(place.full());
      fs.write(open, offset, bytes);
      if (random.nextInt(8) == 0) {
        fs.fsync(open);
      }
      fs.close(open);
    }
  }

  private void truncate(Fs fs, Place place) throws Exception {
    if (place.taken() && place.node().isRegular()) {
      Node node = place.node();
      int size =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(node.data.length + 1);
            case 2 -> random.nextInt(node.data.length + 1) & ~16383;
            default -> node.data.length + random.nextInt(50_000);
          };
      node.data = Arrays.copyOf(node.data, size);
      fs.truncate(place.full(), size);
    }
  }

  private void punch(Fs fs, Place place) throws Exception {
    if (place.taken() && place.node().isRegular() && place.node().data.length > 0) {
      Node node = place.node();
      int offset = random.nextInt(node.data.length);
      int length = 1 + random.nextInt(60_000);
      Arrays.fill(node.data, offset, Math.min(node.data.length, offset + length), (byte) 0);
      fs.punch(fs.node(place.full()), offset, length);
    }
  }

  private void remove(Fs fs, Place place) throws Exception {
    if (!place.taken()) {
      return;
    }
    Node node = place.node();
    if (!node.isDirectory()) {
      node.links--;
      place.directory().children.remove(place.name());
      if (random.nextInt(4) == 0 && node.isRegular() && node.links == 0) {
        // Unlinked while open, and changed after that.
        long open = fs.open(place.full());
        fs.unlink(place.full());
        fs.write(open, 0, new byte[100]);
        fs.close(open);
        fs.view.forget(open, 1 << 20);
      } else {
        fs.unlink(place.full());
      }
    } else if (node.children.isEmpty()) {
      place.directory().children.remove(place.name());
      fs.rmdir(place.full());
    }
  }

  private void rename(Fs fs, Place from, Place to) throws Exception {
    if (!from.taken() || from.node() == (to.taken() ? to.node() : null)) {
      return;
    }
    Node node = from.node();
    boolean loop = node.isDirectory() && (to.full() + "/").startsWith(from.full() + "/");
    boolean above = to.taken() && (from.full() + "/").startsWith(to.full() + "/");
    if (loop || above) {
      return;
    }
    if (to.taken() && random.nextInt(3) == 0) {
      Node other = to.node();
      from.directory().children.put(from.name(), other);
      to.directory().children.put(to.name(), node);
      fs.rename(from.full(), to.full(), 2);
      return;
    }
    if (to.taken()) {
      Node other = to.node();
      if (node.isDirectory() != other.isDirectory() || !other.children.isEmpty()) {
        return;
      }
      other.links--;
    }
    from.directory().children.remove(from.name());
    to.directory().children.put(to.name(), node);
    fs.rename(from.full(), to.full(), 0);
  }

  private void link(Fs fs, Place from, Place to) throws Exception {
    if (from.taken() && from.node().isRegular() && !to.taken()) {
      from.node().links++;
      to.directory().children.put(to.name(), from.node());
      fs.link(from.full(), to.full());
    }
  }

  private void symlinkOrChmod(Fs fs, Place place) throws Exception {
    if (!place.taken()) {
      Node node = new Node();
      node.mode = 0120777;
      node.target = "t" + random.nextInt(100);
      place.directory().children.put(place.name(), node);
      fs.symlink(node.target, place.full());
    } else if (place.node().isRegular()) {
      int permissions = random.nextInt(01000);
      place.node().mode = 0100000 | permissions;
      fs.chmod(place.full(), permissions);
    }
  }
}
