package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Objects to be moved, in order, each after all those that it names. Flat memory: 37 bytes each, so
 * that 1 GiB of 16 KiB chunks takes 2.4 MB. One thread at a time.
 */
public final class ObjectList {
  private static final int ENTRY_BYTES = ObjectId.BYTES + 1 + 4;
  private static final int SEGMENT_ENTRIES = 8192;
  private final List<ByteBuffer> segments = new ArrayList<>();
  private long size;
  private long storedBytes;

  /** Appends one. */
  public void add(ListedObject object) {
    if (size >= WireLimits.MAX_OBJECTS - 1) {
      throw new IllegalStateException("too many objects for one transfer");
    }
    if (size % SEGMENT_ENTRIES == 0) {
      segments.add(ByteBuffer.allocate(SEGMENT_ENTRIES * ENTRY_BYTES));
    }
    ByteBuffer segment = segments.get(segments.size() - 1);
    object.id().writeTo(segment);
    segment.put((byte) object.type().code()).putInt(object.storedBytes());
    size++;
    storedBytes += object.storedBytes();
  }

  /** The object at {@code index}, from 0. */
  public ListedObject get(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("object " + index + " of " + size);
    }
    ByteBuffer entry = segments.get((int) (index / SEGMENT_ENTRIES)).duplicate();
    entry.clear().position((int) (index % SEGMENT_ENTRIES) * ENTRY_BYTES);
    ObjectId id = ObjectId.readFrom(entry);
    return new ListedObject(id, ObjectType.ofCode(entry.get()), entry.getInt());
  }

  public long size() {
    return size;
  }

  /** Stored bytes of all of them. */
  public long storedBytes() {
    return storedBytes;
  }
}
