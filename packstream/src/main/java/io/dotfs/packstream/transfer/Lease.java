package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.object.ObjectId;
import java.util.Optional;

/** Under which condition a push may move a ref. */
public sealed interface Lease {
  /** Only if the new value has the old one in its history; a tag only if it is not there yet. */
  record FastForward() implements Lease {}

  /**
   * Whatever gets lost, if the ref still holds what the user last saw there.
   *
   * @param expected what the ref must hold; absent if it must not exist
   */
  record Replace(Optional<ObjectId> expected) implements Lease {}
}
