package io.dotfs.objectstore.object;

/** What an object is. The code is part of its id and of every format; it never changes. */
public enum ObjectType {
  /** A piece of a file's bytes, as they are. */
  CHUNK(1, 4 << 20),
  /** A node of a file map: lengths and ids of chunks or of further nodes. */
  FILE_NODE(2, 1 << 16),
  /** A node of a directory: entries, or names and ids of further nodes. */
  DIRECTORY_NODE(3, 1 << 18),
  /** One state of a dot, with its history. */
  COMMIT(4, 1 << 20),
  /** An annotated tag. */
  TAG(5, 1 << 20);

  private static final ObjectType[] VALUES = values();

  private final int code;
  private final int maxLengthBytes;

  ObjectType(int code, int maxLengthBytes) {
    this.code = code;
    this.maxLengthBytes = maxLengthBytes;
  }

  /** The byte that stands for this type in formats: 1 to 5. */
  public int code() {
    return code;
  }

  /**
   * The longest payload of this type, in bytes; a longer one is never written and always refused.
   */
  public int maxLengthBytes() {
    return maxLengthBytes;
  }

  /** Whether {@code code} stands for a type. */
  public static boolean isCode(int code) {
    return code >= 1 && code <= VALUES.length;
  }

  /**
   * The type that {@code code} stands for.
   *
   * @throws IllegalArgumentException if none
   */
  public static ObjectType ofCode(int code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException("no object type has code " + code);
    }
    return VALUES[code - 1];
  }
}
