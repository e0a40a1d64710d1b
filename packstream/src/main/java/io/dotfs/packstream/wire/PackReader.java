package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads a pack stream: memory for one object, whose length was held to its type's limit before any
 * of it was read.
 */
public final class PackReader implements ObjectSource {
  private final FrameReader frames;
  private long objects;
  private long bytes;
  private boolean ended;

  /**
   * Reads from {@code source}, which is closed with this reader.
   *
   * @param dot what is transferred, for messages
   */
  public PackReader(InputStream source, DotName dot) {
    frames = new FrameReader(source, MessageKind.PACK_STREAM, dot);
  }

  @Override
  public Optional<StoredObject> next() throws TransferException {
    if (ended) {
      return Optional.empty();
    }
    int tag = frames.tag();
    if (tag == Frames.OBJECT) {
      return Optional.of(object(frames.rest(tag, Frames.OBJECT_BYTES)));
    }
    if (tag != Frames.END) {
      throw new CorruptTransfer("a frame of kind " + tag + " among objects");
    }
    ByteBuffer end = frames.rest(tag, Frames.END_BYTES);
    if (!Frames.isSealed(end) || end.getLong(1) != objects || end.getLong(9) != bytes) {
      throw new CorruptTransfer("it ends after another number of objects than were sent");
    }
    ended = true;
    return Optional.empty();
  }

  private StoredObject object(ByteBuffer header) throws TransferException {
    if (!Frames.isSealed(header)) {
      throw new CorruptTransfer("the checksum of an object's header is wrong");
    }
    header.position(1);
    ObjectType type = FrameReader.type(header.get() & 0xff);
    int encoding = header.get() & 0xff;
    ObjectId id = ObjectId.readFrom(header);
    int length = header.getInt();
    int stored = header.getInt();
    if (!Encoding.isCode(encoding)
        || length < 0
        || length > type.maxLengthBytes()
        || stored < 0
        || stored > length) {
      throw new CorruptTransfer("the header of object " + id + " is impossible");
    }
    ByteBuffer content = frames.exactly(stored, 0);
    objects++;
    bytes += stored;
    try {
      return new StoredObject(id, type, length, Encoding.ofCode(encoding), content);
    } catch (IllegalArgumentException e) {
      throw new CorruptTransfer("the header of object " + id + " is impossible");
    }
  }

  @Override
  public void close() {
    frames.close();
  }
}
