package io.dotfs.objectstore.store;

/** How a payload is stored. The code is part of the pack format; it never changes. */
public enum Encoding {
  /** As it is. */
  RAW(0),
  /** One zstd frame (RFC 8878) without a dictionary. */
  ZSTD(1),
  /** The id of another object, then one zstd frame with that object's payload as its prefix. */
  DELTA(2);

  private final int code;

  Encoding(int code) {
    this.code = code;
  }

  /** The number that stands for this encoding in formats. */
  public int code() {
    return code;
  }

  /** Whether {@code code} stands for an encoding. */
  public static boolean isCode(int code) {
    return code >= 0 && code <= 2;
  }

  /**
   * The encoding that {@code code} stands for.
   *
   * @throws IllegalArgumentException if none
   */
  public static Encoding ofCode(int code) {
    return switch (code) {
      case 0 -> RAW;
      case 1 -> ZSTD;
      case 2 -> DELTA;
      default -> throw new IllegalArgumentException("no encoding has code " + code);
    };
  }
}
