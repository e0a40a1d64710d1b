package io.dotfs.packstream.transfer;

import io.dotfs.objectstore.object.ObjectId;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A push that got through: durable on the other side.
 *
 * @param refs what was pushed: the refs that were asked for, and the tags that went along or were
 *     there
 * @param moved for each ref that moved, what it held before; empty if all was up to date
 * @param summary what it took
 */
public record PushResult(
    SortedMap<String, ObjectId> refs,
    SortedMap<String, Optional<ObjectId>> moved,
    TransferSummary summary) {
  /** Whether the remote had everything and its refs were where they should be. */
  public boolean upToDate() {
    return moved.isEmpty();
  }
}
