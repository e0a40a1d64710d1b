package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.ObjectType;
import java.nio.ByteBuffer;

/** Judges payloads of any type. */
public final class StrictDecoding {
  private StrictDecoding() {}

  /**
   * Checks that {@code payload} is the canonical form of an object of {@code type}; a chunk always
   * is.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static void check(ObjectType type, ByteBuffer payload) throws StoreException {
    switch (type) {
      case CHUNK -> {}
      case FILE_NODE -> FileNode.decode(payload);
      case DIRECTORY_NODE -> DirectoryCodec.decode(payload);
      case COMMIT -> CommitCodec.decode(payload);
      case TAG -> TagCodec.decode(payload);
    }
  }
}
