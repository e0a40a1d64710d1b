package io.dotfs.objectstore.ref;

import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.object.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a batch of updates makes of a table of refs; for stores that hold the whole table.
 *
 * @param refs all refs afterwards
 * @param log what changed, in the order of the batch
 */
record RefBatch(SortedMap<RefName, ObjectId> refs, List<Logged> log) {
  /**
   * A line for the reflog of a ref.
   *
   * @param name which ref
   * @param entry what happened to it
   */
  record Logged(RefName name, ReflogEntry entry) {}

  /**
   * Compares and sets.
   *
   * @param before all refs; not changed
   * @throws RefConflictException at the first ref that has not the expected value
   * @throws IllegalArgumentException if one ref is named twice
   */
  static RefBatch apply(SortedMap<RefName, ObjectId> before, List<RefUpdate> batch, Instant now)
      throws RefConflictException {
    Set<RefName> names = new HashSet<>();
    for (RefUpdate update : batch) {
      if (!names.add(update.name())) {
        throw new IllegalArgumentException("two updates of " + update.name());
      }
    }
    SortedMap<RefName, ObjectId> refs = new TreeMap<>(before);
    List<Logged> log = new ArrayList<>();
    for (RefUpdate update : batch) {
      Optional<ObjectId> actual = Optional.ofNullable(before.get(update.name()));
      if (!actual.equals(update.expected())) {
        throw new RefConflictException(update.name().value(), update.expected(), actual);
      }
      if (update.next().equals(actual)) {
        continue;
      }
      update
          .next()
          .ifPresentOrElse(next -> refs.put(update.name(), next), () -> refs.remove(update.name()));
      log.add(
          new Logged(update.name(), new ReflogEntry(now, actual, update.next(), update.reason())));
    }
    return new RefBatch(refs, log);
  }

  /** A copy of those {@code refs} whose names begin with {@code prefix}. */
  static SortedMap<RefName, ObjectId> withPrefix(SortedMap<RefName, ObjectId> refs, String prefix) {
    SortedMap<RefName, ObjectId> found = new TreeMap<>();
    for (Map.Entry<RefName, ObjectId> ref : refs.entrySet()) {
      if (ref.getKey().value().startsWith(prefix)) {
        found.put(ref.getKey(), ref.getValue());
      }
    }
    return Collections.unmodifiableSortedMap(found);
  }
}
