package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Reads a listing stream. */
public final class ListingReader implements ObjectListing {
  private final FrameReader frames;
  private final CRC32C crc = new CRC32C();
  private long count;
  private boolean ended;

  /**
   * Reads from {@code source}, which is closed with this reader.
   *
   * @param dot what is listed, for messages
   */
  public ListingReader(InputStream source, DotName dot) {
    frames = new FrameReader(source, MessageKind.LISTING_STREAM, dot);
  }

  @Override
  public Optional<ListedObject> next() throws TransferException {
    if (ended) {
      return Optional.empty();
    }
    int tag = frames.tag();
    if (tag == Frames.ENTRY) {
      return Optional.of(entry(frames.rest(tag, Frames.ENTRY_BYTES)));
    }
    if (tag != Frames.END) {
      throw new CorruptTransfer("a frame of kind " + tag + " in a listing");
    }
    ByteBuffer end = frames.rest(tag, Frames.END_BYTES);
    if (!Frames.isSealed(end) || end.getLong(1) != count || end.getLong(9) != crc.getValue()) {
      throw new CorruptTransfer("a listing's checksum is wrong");
    }
    ended = true;
    return Optional.empty();
  }

  private ListedObject entry(ByteBuffer entry) throws TransferException {
    if (++count > WireLimits.MAX_OBJECTS) {
      throw new CorruptTransfer("a listing without end");
    }
    crc.update(entry.duplicate());
    entry.position(1);
    ObjectType type = FrameReader.type(entry.get() & 0xff);
    ObjectId id = ObjectId.readFrom(entry);
    int stored = entry.getInt();
    if (stored < 0 || stored > WireLimits.MAX_STORED_BYTES) {
      throw new CorruptTransfer("an object of " + Integer.toUnsignedString(stored) + " bytes");
    }
    return new ListedObject(id, type, stored);
  }

  @Override
  public int checksum() {
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    frames.close();
  }
}
