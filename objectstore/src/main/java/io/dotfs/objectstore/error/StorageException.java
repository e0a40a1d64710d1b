package io.dotfs.objectstore.error;

import java.io.IOException;
import java.io.Serial;

/** The medium beneath a store failed: a disk, a database, a remote. */
public final class StorageException extends StoreException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean retryMayHelp;

  public StorageException(String message, boolean retryMayHelp, Throwable cause) {
    super(message, cause);
    this.retryMayHelp = retryMayHelp;
  }

  public StorageException(String message, boolean retryMayHelp) {
    super(message);
    this.retryMayHelp = retryMayHelp;
  }

  /** A failed I/O operation on a local file, which a retry does not mend. */
  public static StorageException of(String doing, IOException cause) {
    return new StorageException(doing + ": " + cause.getMessage(), false, cause);
  }

  /** Whether the same call may succeed later without anybody mending anything. */
  public boolean retryMayHelp() {
    return retryMayHelp;
  }
}
