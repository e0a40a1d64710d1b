package io.dotfs.objectstore.error;

import java.io.Serial;

/** A file or object of a format version that this program does not read. */
public final class UnsupportedFormatException extends StoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final int version;
  private final int oldestSupported;
  private final int newestSupported;

  /**
   * Says which versions of {@code what} are read.
   *
   * @param what the file or kind of object, in words
   */
  public UnsupportedFormatException(
      String what, int version, int oldestSupported, int newestSupported) {
    super(
        what
            + " has format version "
            + Integer.toUnsignedString(version)
            + (isTooNew(version, newestSupported)
                ? ", which needs a newer dm (this one reads up to " + newestSupported + ")"
                : ", which is too old (this dm reads from " + oldestSupported + " on)"));
    this.version = version;
    this.oldestSupported = oldestSupported;
    this.newestSupported = newestSupported;
  }

  private static boolean isTooNew(int version, int newestSupported) {
    return Integer.compareUnsigned(version, newestSupported) > 0;
  }

  /** The version found, as an unsigned number. */
  public int version() {
    return version;
  }

  public int oldestSupported() {
    return oldestSupported;
  }

  public int newestSupported() {
    return newestSupported;
  }

  /** Whether a newer program would read it; otherwise an older one would. */
  public boolean tooNew() {
    return isTooNew(version, newestSupported);
  }
}
