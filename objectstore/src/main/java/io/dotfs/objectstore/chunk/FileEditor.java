package io.dotfs.objectstore.chunk;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.FileContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;
import java.nio.ByteBuffer;

/**
 * Makes a new version of a file from an old one and the blocks that changed, in time and memory
 * that follow the change. One thread at a time; to hash and compress in parallel, put chunks
 * elsewhere and hand their ids to {@link #chunk}.
 *
 * <p>Blocks come in ascending order, each at most once; what is not mentioned stays as in the base.
 * Where the size changes within a block that is not mentioned, the editor cuts or extends (with
 * zeros) that block's chunk by itself. Blocks between the old end and the new one are holes.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class FileEditor {
  private FileEditor() {}

  /**
   * Begins a new version.
   *
   * @param reader holds the base
   * @param sink takes the new chunks and nodes
   * @param base the old version; {@link FileContent#EMPTY} for a new file
   * @param newSizeBytes size of the new version
   */
  public static FileEditor edit(
      ObjectReader reader, ObjectSink sink, FileContent base, long newSizeBytes)
      throws StoreException {
    throw new UnsupportedOperationException();
  }

  /**
   * The size of this file's blocks: the base's, or the default one for a file of at most a block.
   */
  public BlockSize blockSize() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives block {@code index} new bytes and stores them.
   *
   * @param data as many bytes as the block has in the new version (a whole block, less for the last
   *     one), from position to limit; its position stays
   */
  public void data(long index, ByteBuffer data) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Gives block {@code index} a chunk that was put already, of exactly the block's length. */
  public void chunk(long index, ObjectId chunk) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Makes {@code count} blocks from {@code index} on a hole. */
  public void hole(long index, long count) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Stores the nodes that changed and returns the new version. The editor is used up. */
  public FileContent finish() throws StoreException {
    throw new UnsupportedOperationException();
  }
}
