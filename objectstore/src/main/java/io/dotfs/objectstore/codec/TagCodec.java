package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.error.UnsupportedFormatException;
import io.dotfs.objectstore.object.Commit;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.object.Tag;
import java.nio.ByteBuffer;

/** The canonical form of annotated tags ({@code FORMAT.md}, "Tag"). */
public final class TagCodec {
  private static final int VERSION = 1;

  private TagCodec() {}

  /** Encodes {@code tag}: the payload to put, from position 0 to limit. */
  public static ByteBuffer encode(Tag tag) {
    return new CanonicalWriter(128 + tag.message().length())
        .octet(VERSION)
        .octet(tag.targetType().code())
        .id(tag.target())
        .text(tag.name())
        .stamp(tag.tagger())
        .text(tag.message())
        .signature(tag.signature())
        .toBuffer();
  }

  /**
   * Decodes a payload.
   *
   * @param payload read from position to limit; its position stays
   * @throws CorruptObjectException if it is not the canonical form of any tag
   * @throws UnsupportedFormatException if a newer program wrote it
   */
  public static Tag decode(ByteBuffer payload) throws StoreException {
    CanonicalReader in = new CanonicalReader("tag", payload);
    try {
      in.version();
      ObjectType targetType = ObjectType.ofCode(in.octet());
      ObjectId target = in.id();
      Tag tag =
          new Tag(
              target,
              targetType,
              in.text(Tag.MAX_NAME_BYTES),
              in.stamp(),
              in.text(Commit.MAX_MESSAGE_BYTES),
              in.signature(Commit.MAX_SIGNATURE_BYTES));
      in.end();
      return tag;
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }
}
