package io.dotfs.hub.hosting;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectStore;
import io.dotfs.packstream.receive.HostedDot;
import io.dotfs.packstream.receive.StoreFailures;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The dots that a hub has open: those in use, and some that were used lately. Thread-safe.
 *
 * <p>Invariant: a dot that is in use is never closed, and none is open twice.
 */
final class OpenDots implements AutoCloseable {
  private final int idleKept;

  // GUARDED_BY(this): least recently used first.
  private final Map<Long, Entry> open = new LinkedHashMap<>(16, 0.75f, true);

  /** Opens a dot's stores. */
  @FunctionalInterface
  interface Opener {
    Entry open() throws StoreException;
  }

  /** A dot and what has to be closed after it. */
  static final class Entry {
    private final HostedDot dot;
    private final ObjectStore store;
    // GUARDED_BY(OpenDots.this)
    private int users;

    Entry(HostedDot dot, ObjectStore store) {
      this.dot = dot;
      this.store = store;
    }

    HostedDot dot() {
      return dot;
    }
  }

  OpenDots(int idleKept) {
    this.idleKept = idleKept;
  }

  /** A dot, opened if it is not; each call needs a {@link #release}. */
  synchronized Entry acquire(long id, Opener opener) throws StoreException {
    Entry entry = open.get(id);
    if (entry == null) {
      entry = opener.open();
      open.put(id, entry);
    }
    entry.users++;
    return entry;
  }

  synchronized void release(Entry entry) {
    entry.users--;
    int excess = open.size() - idleKept;
    Iterator<Entry> oldestFirst = open.values().iterator();
    while (excess > 0 && oldestFirst.hasNext()) {
      Entry candidate = oldestFirst.next();
      if (candidate.users == 0) {
        StoreFailures.close(candidate.store);
        oldestFirst.remove();
        excess--;
      }
    }
  }

  /** Closes all; nobody uses any by now. */
  @Override
  public synchronized void close() {
    open.values().forEach(entry -> StoreFailures.close(entry.store));
    open.clear();
  }
}
