package io.dotfs.objectstore.object;

/** The type of a directory entry. The code is part of the directory format; it never changes. */
public enum FileType {
  REGULAR(1, 0100000),
  DIRECTORY(2, 0040000),
  SYMLINK(3, 0120000),
  FIFO(4, 0010000),
  SOCKET(5, 0140000),
  CHARACTER_DEVICE(6, 0020000),
  BLOCK_DEVICE(7, 0060000);

  /** The bits of {@code st_mode} that hold the type (inode(7)). */
  public static final int MODE_MASK = 0170000;

  private static final FileType[] VALUES = values();

  private final int code;
  private final int modeBits;

  FileType(int code, int modeBits) {
    this.code = code;
    this.modeBits = modeBits;
  }

  /** The number that stands for this type in a directory node: 1 to 7. */
  public int code() {
    return code;
  }

  /** The type bits of {@code st_mode}. */
  public int modeBits() {
    return modeBits;
  }

  /** Whether this is a character or block device, the only types with a device number. */
  public boolean isDevice() {
    return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
  }

  /**
   * The type that {@code code} stands for.
   *
   * @throws IllegalArgumentException if none
   */
  public static FileType ofCode(int code) {
    if (code < 1 || code > VALUES.length) {
      throw new IllegalArgumentException("no file type has code " + code);
    }
    return VALUES[code - 1];
  }

  /**
   * The type in the type bits of {@code mode} (as {@code st_mode}).
   *
   * @throws IllegalArgumentException if none
   */
  public static FileType ofMode(int mode) {
    for (FileType type : VALUES) {
      if (type.modeBits == (mode & MODE_MASK)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no file type in mode 0" + Integer.toOctalString(mode));
  }
}
