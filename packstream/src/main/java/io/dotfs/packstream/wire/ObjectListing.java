package io.dotfs.packstream.wire;

import io.dotfs.packstream.TransferException;
import java.util.Optional;

/** What a remote offers, one object after the other; bounded memory however long. One thread. */
public interface ObjectListing extends AutoCloseable {
  /** The next one, or nothing once the listing has ended as it should. */
  Optional<ListedObject> next() throws TransferException;

  /** CRC32C over the entries returned so far, each as it is on the wire. */
  int checksum();

  @Override
  void close();
}
