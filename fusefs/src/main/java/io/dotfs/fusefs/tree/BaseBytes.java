package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.objectstore.chunk.FileReader;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;

/**
 * A commit's content of a file up to a limit, with zeros behind: what absent blocks hold.
 *
 * @param limit bytes from here on do not count
 */
record BaseBytes(FileReader reader, FileContent content, long limit) {
  /** Where zeros begin. */
  long end() {
    return Math.min(limit, content.sizeBytes());
  }

  /** Fills {@code length} bytes of native memory. */
  void read(long offset, int length, long address) throws StoreException {
    int wanted = (int) Math.max(0, Math.min(offset + length, end()) - offset);
    if (wanted > 0) {
      int done = reader.read(content, offset, NativeMemory.buffer(address, wanted));
      if (done != wanted) {
        throw new IllegalStateException("content of a commit ends at " + (offset + done));
      }
    }
    NativeMemory.zero(address + wanted, length - wanted);
  }

  /** The next byte of data from {@code offset} on, or -1. */
  long nextData(long offset) throws StoreException {
    if (offset >= end()) {
      return -1;
    }
    long found = reader.nextData(content, offset);
    return found < end() ? found : -1;
  }

  /** The next byte in a hole; what lies behind the end is one. */
  long nextHole(long offset) throws StoreException {
    return offset >= end() ? offset : Math.min(end(), reader.nextHole(content, offset));
  }
}
