package io.dotfs.fusefs.overlay;

import java.io.IOException;

/** A walk over the keys of one table in order of unsigned bytes. Not thread safe. */
public interface MetaCursor extends AutoCloseable {
  /** Moves to the next key; false at the end. Starts before the first. */
  boolean next() throws IOException;

  /** The key at the cursor; a new array. */
  byte[] key();

  /** The value at the cursor; a new array. */
  byte[] value();

  @Override
  void close();
}
