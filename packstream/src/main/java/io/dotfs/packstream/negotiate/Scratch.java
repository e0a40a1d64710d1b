package io.dotfs.packstream.negotiate;

import io.dotfs.objectstore.error.StoreException;
import java.nio.ByteBuffer;

/** Where lists of objects go once they are too long for the heap. */
@FunctionalInterface
public interface Scratch {
  /**
   * Zeros that are not on the heap, and that go when nothing refers to them: {@code
   * ObjectStore#scratch}.
   *
   * @throws StoreException if there is no room
   */
  ByteBuffer allocate(int bytes) throws StoreException;
}
