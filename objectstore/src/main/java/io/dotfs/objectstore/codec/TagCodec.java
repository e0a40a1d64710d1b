package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.Tag;
import java.nio.ByteBuffer;

/** The canonical form of annotated tags ({@code FORMAT.md}, "Tag"). */
public final class TagCodec {
  private TagCodec() {}

  /** Encodes {@code tag}: the payload to put, from position 0 to limit. */
  public static ByteBuffer encode(Tag tag) {
    throw new UnsupportedOperationException(tag.toString());
  }

  /**
   * Decodes a payload.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not the canonical form of any tag
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static Tag decode(ByteBuffer payload) throws StoreException {
    throw new UnsupportedOperationException(payload.toString());
  }
}
