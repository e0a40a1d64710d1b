package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.pack.PackWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A directory of packs: the immutable content of one home, hub or {@code file://} remote.
 *
 * <p>Any number of threads may use it. Several processes may have one directory open: each sees
 * what the others finished at its next miss or {@link #refresh}.
 */
public final class ObjectStore implements ObjectReader, AutoCloseable {
  private ObjectStore() {}

  /**
   * Opens the store in {@code directory}, creating the directory if it is not there. Removes what
   * writers that died left behind, and writes an index for a whole pack that has none.
   *
   * @throws io.dotfs.objectstore.error.UnsupportedFormatException if a newer program wrote it
   * @throws io.dotfs.objectstore.error.StorageException if the directory cannot be used
   */
  public static ObjectStore open(Path directory) throws StoreException {
    return open(directory, StoreOptions.DEFAULT);
  }

  /** As {@link #open(Path)}, with options of the caller's. */
  public static ObjectStore open(Path directory, StoreOptions options) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Begins a batch of new objects. The caller finishes or aborts it. */
  public PackWriter begin() throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Takes notice of packs that other processes added or removed. */
  public void refresh() throws StoreException {
    throw new UnsupportedOperationException();
  }

  /**
   * The ids here that begin with {@code hexDigits} (1 to 64, either case), in order, at most {@code
   * limit} of them: for abbreviated ids. Objects of all types are looked at.
   *
   * @throws IllegalArgumentException if {@code hexDigits} is no hex
   */
  public List<ObjectId> idsStartingWith(String hexDigits, int limit) throws StoreException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<ObjectInfo> info(ObjectId id) throws StoreException {
    throw new UnsupportedOperationException();
  }

  @Override
  public ByteBuffer read(ObjectId id, ObjectType type) throws StoreException {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredObject readStored(ObjectId id) throws StoreException {
    throw new UnsupportedOperationException();
  }

  /** Bytes on disk of all packs and indexes. */
  public long sizeBytes() {
    throw new UnsupportedOperationException();
  }

  /** Closes files. Writers must have ended; reads that come later fail. */
  @Override
  public void close() {}
}
