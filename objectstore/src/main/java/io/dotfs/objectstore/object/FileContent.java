package io.dotfs.objectstore.object;

import java.util.Optional;

/**
 * The bytes and the hole layout of a regular file.
 *
 * @param sizeBytes the file's size
 * @param root the file map: a {@link ObjectType#CHUNK} of exactly {@code sizeBytes} bytes, or a
 *     {@link ObjectType#FILE_NODE} that covers as many; absent if the file is empty or one hole
 */
public record FileContent(long sizeBytes, Optional<ObjectId> root) implements EntryContent {
  /** A file of no bytes. */
  public static final FileContent EMPTY = new FileContent(0, Optional.empty());

  public FileContent {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("file size " + sizeBytes);
    }
    if (sizeBytes == 0 && root.isPresent()) {
      throw new IllegalArgumentException("an empty file with a map");
    }
  }

  /** A file of {@code sizeBytes} that is one hole. */
  public static FileContent hole(long sizeBytes) {
    return sizeBytes == 0 ? EMPTY : new FileContent(sizeBytes, Optional.empty());
  }
}
