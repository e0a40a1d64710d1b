package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.Commit;
import java.nio.ByteBuffer;

/** The canonical form of commits ({@code FORMAT.md}, "Commit"). */
public final class CommitCodec {
  private CommitCodec() {}

  /** Encodes {@code commit}: the payload to put, from position 0 to limit. */
  public static ByteBuffer encode(Commit commit) {
    throw new UnsupportedOperationException(commit.toString());
  }

  /**
   * Decodes a payload.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not the canonical form of any commit
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static Commit decode(ByteBuffer payload) throws StoreException {
    throw new UnsupportedOperationException(payload.toString());
  }
}
