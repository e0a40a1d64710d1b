package io.dotfs.objectstore.ref;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.object.ObjectId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Refs that end with the process: for tests, and for transfers between two stores of one. */
public final class InMemoryRefStore implements RefStore {
  private final Clock clock;

  @GuardedBy("this")
  private SortedMap<RefName, ObjectId> refs = new TreeMap<>();

  /** Oldest first. */
  @GuardedBy("this")
  private final Map<RefName, List<ReflogEntry>> logs = new HashMap<>();

  /** An empty store that logs by the system's clock. */
  public InMemoryRefStore() {
    this(Clock.systemUTC());
  }

  /** An empty store that logs by {@code clock}. */
  public InMemoryRefStore(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Optional<ObjectId> get(RefName name) {
    return Optional.ofNullable(refs.get(name));
  }

  @Override
  public synchronized SortedMap<RefName, ObjectId> list(String prefix) {
    return RefBatch.withPrefix(refs, prefix);
  }

  @Override
  public synchronized void update(List<RefUpdate> batch) throws RefConflictException {
    RefBatch done = RefBatch.apply(refs, batch, clock.instant());
    refs = done.refs();
    for (RefBatch.Logged change : done.log()) {
      logs.computeIfAbsent(change.name(), name -> new ArrayList<>()).add(change.entry());
    }
  }

  @Override
  public synchronized List<ReflogEntry> reflog(RefName name, int limit) {
    List<ReflogEntry> log = logs.getOrDefault(name, List.of());
    List<ReflogEntry> newest =
        new ArrayList<>(log.subList(Math.max(0, log.size() - limit), log.size()));
    Collections.reverse(newest);
    return List.copyOf(newest);
  }

  @Override
  public synchronized SortedSet<RefName> logged() {
    return new TreeSet<>(logs.keySet());
  }

  @Override
  public synchronized void expire(RefName name, Instant before) {
    List<ReflogEntry> log = logs.getOrDefault(name, new ArrayList<>());
    int last = refs.containsKey(name) ? 1 : 0;
    while (log.size() > last && log.get(0).time().isBefore(before)) {
      log.remove(0);
    }
    if (log.isEmpty()) {
      logs.remove(name);
    }
  }
}
