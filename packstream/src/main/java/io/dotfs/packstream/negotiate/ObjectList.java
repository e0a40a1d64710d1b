package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.packstream.wire.ListedObject;
import io.dotfs.packstream.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Objects to be moved, in order, each after all those that it names. 37 bytes each, of which 4.8 MB
 * on the heap and the rest in scratch memory. One thread at a time.
 */
public final class ObjectList {
  private static final int ENTRY_BYTES = ObjectId.BYTES + 1 + 4;
  private static final int SEGMENT_ENTRIES = 8192;
  private static final int SEGMENT_BYTES = SEGMENT_ENTRIES * ENTRY_BYTES;
  private static final int HEAP_SEGMENTS = 16;

  /** What is taken of the scratch memory at a time: 1.7 million objects. */
  private static final int SCRATCH_SEGMENTS = 208;

  private final Scratch scratch;
  private final List<ByteBuffer> segments = new ArrayList<>();
  private long size;
  private long storedBytes;

  /** An empty list. */
  public ObjectList(Scratch scratch) {
    this.scratch = scratch;
  }

  /**
   * Appends one.
   *
   * @throws StoreException if there is no room for so many
   */
  public void add(ListedObject object) throws StoreException {
    if (size >= WireLimits.MAX_OBJECTS - 1) {
      throw new IllegalStateException("too many objects for one transfer");
    }
    if (size % SEGMENT_ENTRIES == 0) {
      grow();
    }
    ByteBuffer segment = segments.get((int) (size / SEGMENT_ENTRIES));
    object.id().writeTo(segment);
    segment.put((byte) object.type().code()).putInt(object.storedBytes());
    size++;
    storedBytes += object.storedBytes();
  }

  private void grow() throws StoreException {
    if (segments.size() < HEAP_SEGMENTS) {
      segments.add(ByteBuffer.allocate(SEGMENT_BYTES));
    } else if (size / SEGMENT_ENTRIES == segments.size()) {
      ByteBuffer more = scratch.allocate(SCRATCH_SEGMENTS * SEGMENT_BYTES);
      for (int i = 0; i < SCRATCH_SEGMENTS; i++) {
        segments.add(more.slice(i * SEGMENT_BYTES, SEGMENT_BYTES));
      }
    }
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
