package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.store.ObjectReader;
import java.nio.ByteBuffer;

/**
 * Random access to the bytes of stored files. Any number of threads may use one reader; it keeps no
 * state of its own.
 */
public final class FileReader {
  private final ObjectReader objects;

  public FileReader(ObjectReader objects) {
    this.objects = objects;
  }

  /**
   * Copies bytes from {@code offset} on into {@code target} until that is full or the file ends.
   * Holes read as zeros. On an exception the content of {@code target} is undefined.
   *
   * @return how many bytes were copied; 0 at or past the end
   */
  public int read(FileContent file, long offset, ByteBuffer target) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * The extent that holds the byte at {@code offset}: one chunk, or a hole as long as possible.
   *
   * @throws IllegalArgumentException if {@code offset} is not within the file
   */
  public Extent extentAt(FileContent file, long offset) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * The first offset from {@code offset} on that holds data, or the file's size if there is none:
   * SEEK_DATA of lseek(2).
   */
  public long nextData(FileContent file, long offset) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /**
   * The first offset from {@code offset} on that lies in a hole, or the file's size: SEEK_HOLE of
   * lseek(2).
   */
  public long nextHole(FileContent file, long offset) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }

  /** The block size that a file is cut into; the default one for a file of one chunk or none. */
  public BlockSize blockSize(FileContent file) throws StoreException {
    throw new UnsupportedOperationException(objects.toString());
  }
}
