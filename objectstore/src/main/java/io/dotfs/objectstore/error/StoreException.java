package io.dotfs.objectstore.error;

import java.io.Serial;

/**
 * What can go wrong with stored data. The family is closed, so that one place each can map it to an
 * errno, an HTTP status and a line on the terminal.
 */
public abstract sealed class StoreException extends Exception
    permits MissingObjectException,
        CorruptObjectException,
        UnsupportedFormatException,
        RefConflictException,
        StorageException {
  @Serial private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
