package io.dotfs.packstream.wire;

import io.dotfs.objectstore.store.StoredObject;
import io.dotfs.packstream.TransferException;
import java.util.Optional;

/**
 * Stored objects on their way, one after the other. One thread. An object that comes from elsewhere
 * was checked for form and limits only: {@code putStored} compares it with its id.
 */
public interface ObjectSource extends AutoCloseable {
  /** The next one, or nothing once all have come. */
  Optional<StoredObject> next() throws TransferException;

  @Override
  void close();
}
