package io.dotfs.fusefs.overlay;

import java.io.IOException;

/**
 * The local bytes of one materialised file, sparse, each byte at its own offset. Thread safe as the
 * system calls are; nothing is durable before {@link #sync}.
 */
public interface BlockFile {
  /** What {@code stat(2)} says of the backing file. */
  record Facts(long sizeBytes, long allocatedBytes, long mtimeSeconds, int mtimeNanos) {}

  /**
   * Reads up to {@code length} bytes into native memory; returns the count, short only at the end
   * of the file.
   */
  int read(long address, int length, long offset) throws IOException;

  /** Writes all {@code length} bytes; on return they survive the death of this process. */
  void write(long address, int length, long offset) throws IOException;

  /** Cuts or grows to {@code sizeBytes}. */
  void truncate(long sizeBytes) throws IOException;

  /** Reserves space; {@code mode} as of fallocate(2). */
  void allocate(int mode, long offset, long length) throws IOException;

  /** The next offset from {@code offset} on with data, or -1 if none follows. */
  long nextData(long offset) throws IOException;

  /** The next offset from {@code offset} on that is in a hole; the end counts as one. */
  long nextHole(long offset) throws IOException;

  void setMtime(long seconds, int nanos) throws IOException;

  Facts facts() throws IOException;

  /** Makes bytes and size durable (fdatasync). */
  void sync() throws IOException;

  /** Releases the file from the table of descriptors; the bytes stay. */
  void close();
}
