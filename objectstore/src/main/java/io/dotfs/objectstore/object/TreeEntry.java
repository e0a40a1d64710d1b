package io.dotfs.objectstore.object;

/**
 * One name in a directory, with all that a commit keeps about it.
 *
 * @param name 1 to 255 bytes, neither {@code .} nor {@code ..}, without {@code /} and NUL
 * @param attributes type, owner, times and so on
 * @param content of the kind that the type asks for
 */
public record TreeEntry(ByteName name, Attributes attributes, EntryContent content) {
  public static final int MAX_NAME_BYTES = 255;

  public TreeEntry {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a file name: " + name);
    }
    boolean fits =
        switch (attributes.type()) {
          case REGULAR -> content instanceof FileContent;
          case DIRECTORY -> content instanceof DirectoryRef;
          case SYMLINK -> content instanceof SymlinkTarget;
          case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> content instanceof NoContent;
        };
    if (!fits) {
      throw new IllegalArgumentException("content of a " + attributes.type() + ": " + content);
    }
  }

  /** Whether {@code name} may stand in a directory. */
  public static boolean isName(ByteName name) {
    int length = name.length();
    if (length < 1 || length > MAX_NAME_BYTES) {
      return false;
    }
    if (name.at(0) == '.' && (length == 1 || (length == 2 && name.at(1) == '.'))) {
      return false;
    }
    return !name.contains((byte) '/') && !name.contains((byte) 0);
  }

  /** What this entry adds to the totals of its directory. */
  public Totals totals() {
    long linked = attributes.linkGroup().isPresent() ? 1 : 0;
    if (content instanceof FileContent file) {
      return new Totals(file.sizeBytes(), 1, 0, linked);
    }
    if (content instanceof DirectoryRef directory) {
      return directory.totals().plus(new Totals(0, 0, 1, 0));
    }
    return new Totals(0, 1, 0, linked);
  }

  /** What this entry adds to the counts of its directory. */
  public EntryCounts counts() {
    return new EntryCounts(1, attributes.type() == FileType.DIRECTORY ? 1 : 0);
  }

  public TreeEntry withName(ByteName newName) {
    return new TreeEntry(newName, attributes, content);
  }

  public TreeEntry withAttributes(Attributes newAttributes) {
    return new TreeEntry(name, newAttributes, content);
  }

  public TreeEntry withContent(EntryContent newContent) {
    return new TreeEntry(name, attributes, newContent);
  }
}
