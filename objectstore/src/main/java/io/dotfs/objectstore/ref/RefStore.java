package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Names for objects, the only thing in a store that changes. Any number of threads may use one.
 * Every implementation passes {@code RefStoreContract} (in this module's test jar).
 *
 * <p>A ref is always its old or its new value. A batch of updates is done in whole or not at all,
 * as every other thread, process and crash sees it.
 */
public interface RefStore {
  /** The value of a ref, or nothing if there is no such ref. */
  Optional<ObjectId> get(RefName name) throws StoreException;

  /**
   * All refs whose name begins with {@code prefix} (any string; empty for all), by name. One
   * consistent state: a batch shows in whole or not at all.
   */
  SortedMap<RefName, ObjectId> list(String prefix) throws StoreException;

  /**
   * Compares and sets all refs of a batch, and appends to their reflogs; durable on return. An
   * update that changes nothing (expected equals next) is compared, not logged. An empty batch does
   * nothing.
   *
   * @throws RefConflictException if any ref has not the expected value; nothing was done
   * @throws StorageException if it cannot be written; the state is the old or the new one
   * @throws IllegalArgumentException if one ref is named twice
   */
  void update(List<RefUpdate> batch) throws StoreException;

  /** The changes of a ref, newest first, at most {@code limit}. The log of a deleted ref stays. */
  List<ReflogEntry> reflog(RefName name, int limit) throws StoreException;

  /** The names of all refs that have a reflog, among them refs that were deleted. */
  SortedSet<RefName> logged() throws StoreException;

  /**
   * Forgets the oldest changes of a ref, up to the first that happened at {@code before} or later;
   * the last change of a ref that is there stays. Need not be durable on return.
   */
  void expire(RefName name, Instant before) throws StoreException;
}
