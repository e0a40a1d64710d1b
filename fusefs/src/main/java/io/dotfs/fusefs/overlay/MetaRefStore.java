package io.dotfs.fusefs.overlay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dotfs.objectstore.error.RefConflictException;
import io.dotfs.objectstore.error.StorageException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefName;
import io.dotfs.objectstore.ref.RefStore;
import io.dotfs.objectstore.ref.RefUpdate;
import io.dotfs.objectstore.ref.ReflogEntry;
import io.dotfs.objectstore.store.Retention;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Refs in a home's database, so that a ref moves in the same atomic batch as what depends on it.
 *
 * <p>REFS: name to 32 bytes of id. REFLOG: name, NUL, number (8 bytes, big-endian, from 1) to
 * seconds (8), nanoseconds (4), before, after (each: 0, or 1 and 32 bytes), reason (UTF-8).
 */
public final class MetaRefStore implements RefStore {
  private final MetaStore store;
  private final Retention retention;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Makes one.
   *
   * @param retention hears what refs are going to name
   */
  MetaRefStore(MetaStore store, Retention retention, Clock clock) {
    this.store = store;
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public Optional<ObjectId> get(RefName name) throws StoreException {
    try {
      return read(name);
    } catch (IOException e) {
      throw StorageException.of("reading ref " + name, e);
    }
  }

  private Optional<ObjectId> read(RefName name) throws IOException {
    return store.get(Table.REFS, bytes(name)).map(ObjectId::of);
  }

  @Override
  public SortedMap<RefName, ObjectId> list(String prefix) throws StoreException {
    byte[] from = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] to = new byte[from.length + 1];
    System.arraycopy(from, 0, to, 0, from.length);
    to[from.length] = (byte) 0xff;
    SortedMap<RefName, ObjectId> found = new TreeMap<>();
    try (MetaCursor cursor = store.cursor(Table.REFS, from, to)) {
      while (cursor.next()) {
        found.put(
            new RefName(new String(cursor.key(), StandardCharsets.UTF_8)),
            ObjectId.of(cursor.value()));
      }
    } catch (IOException e) {
      throw StorageException.of("listing refs", e);
    }
    return found;
  }

  @Override
  public void update(List<RefUpdate> updates) throws StoreException {
    if (updates.isEmpty()) {
      return;
    }
    try (MetaBatch batch = store.newBatch()) {
      updateWith(updates, batch);
    }
  }

  /**
   * As {@link #update}, together with what {@code batch} holds already: all of it or nothing,
   * durable on return. The batch is empty afterwards.
   */
  public void updateWith(List<RefUpdate> updates, MetaBatch batch) throws StoreException {
    Set<RefName> names = new HashSet<>();
    for (RefUpdate update : updates) {
      if (!names.add(update.name())) {
        throw new IllegalArgumentException("ref " + update.name() + " is named twice");
      }
    }
    List<ObjectId> named = updates.stream().flatMap(update -> update.next().stream()).toList();
    retention.<StoreException>admit(named, () -> write(updates, batch));
  }

  private void write(List<RefUpdate> updates, MetaBatch batch) throws StoreException {
    long written;
    lock.lock();
    try {
      for (RefUpdate update : updates) {
        Optional<ObjectId> now = read(update.name());
        if (!now.equals(update.expected())) {
          throw new RefConflictException(update.name().value(), update.expected(), now);
        }
      }
      for (RefUpdate update : updates) {
        if (!update.expected().equals(update.next())) {
          add(update, batch);
        }
      }
      if (batch.isEmpty()) {
        return;
      }
      written = store.write(batch);
    } catch (IOException e) {
      throw StorageException.of("writing refs", e);
    } finally {
      lock.unlock();
    }
    try {
      store.sync(written);
    } catch (IOException e) {
      throw StorageException.of("syncing refs", e);
    }
  }

  @GuardedBy("lock")
  private void add(RefUpdate update, MetaBatch batch) throws IOException {
    byte[] name = bytes(update.name());
    if (update.next().isPresent()) {
      batch.put(Table.REFS, name, update.next().get().toBytes());
    } else {
      batch.delete(Table.REFS, name);
    }
    Instant now = clock.instant();
    byte[] reason = update.reason().getBytes(StandardCharsets.UTF_8);
    ByteBuffer value = ByteBuffer.allocate(12 + 2 * (1 + ObjectId.BYTES) + reason.length);
    value.putLong(now.getEpochSecond()).putInt(now.getNano());
    putId(update.expected(), value);
    putId(update.next(), value);
    value.put(reason);
    byte[] row = new byte[value.position()];
    value.flip().get(row);
    batch.put(Table.REFLOG, logKey(name, lastNumber(name) + 1), row);
  }

  private long lastNumber(byte[] name) throws IOException {
    // Numbers are dense from the oldest that is left: search for the end by doubling, then by
    // halving.
    long low = firstNumber(name) - 1;
    if (low < 0) {
      return 0;
    }
    long high = low + 1;
    while (store.get(Table.REFLOG, logKey(name, high)).isPresent()) {
      low = high;
      high *= 2;
    }
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      if (store.get(Table.REFLOG, logKey(name, middle)).isPresent()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The oldest entry's number; 0 if there is none. */
  private long firstNumber(byte[] name) throws IOException {
    try (MetaCursor cursor =
        store.cursor(Table.REFLOG, logKey(name, 1), logKey(name, Long.MAX_VALUE))) {
      return cursor.next() ? ByteBuffer.wrap(cursor.key()).getLong(name.length + 1) : 0;
    }
  }

  @Override
  public SortedSet<RefName> logged() throws StoreException {
    SortedSet<RefName> names = new TreeSet<>();
    try (MetaCursor cursor = store.cursor(Table.REFLOG, new byte[0], new byte[] {(byte) 0xff})) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        names.add(new RefName(new String(key, 0, key.length - 9, StandardCharsets.UTF_8)));
      }
    } catch (IOException e) {
      throw StorageException.of("listing reflogs", e);
    }
    return names;
  }

  @Override
  public void expire(RefName ref, Instant before) throws StoreException {
    byte[] name = bytes(ref);
    lock.lock();
    try (MetaBatch batch = store.newBatch()) {
      long last = lastNumber(name);
      boolean live = read(ref).isPresent();
      try (MetaCursor cursor =
          store.cursor(Table.REFLOG, logKey(name, 1), logKey(name, Long.MAX_VALUE))) {
        while (cursor.next() && entry(cursor.value()).time().isBefore(before)) {
          long number = ByteBuffer.wrap(cursor.key()).getLong(name.length + 1);
          if (number < last || !live) {
            batch.delete(Table.REFLOG, cursor.key());
          }
        }
      }
      if (!batch.isEmpty()) {
        store.write(batch);
      }
    } catch (IOException e) {
      throw StorageException.of("shortening the reflog of " + ref, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<ReflogEntry> reflog(RefName ref, int limit) throws StoreException {
    byte[] name = bytes(ref);
    Deque<ReflogEntry> newest = new ArrayDeque<>();
    try {
      long last = lastNumber(name);
      long first = Math.max(1, last - limit + 1);
      if (limit <= 0 || last == 0) {
        return List.of();
      }
      try (MetaCursor cursor =
          store.cursor(Table.REFLOG, logKey(name, first), logKey(name, Long.MAX_VALUE))) {
        while (cursor.next()) {
          newest.addFirst(entry(cursor.value()));
        }
      }
    } catch (IOException e) {
      throw StorageException.of("reading the reflog of " + ref, e);
    }
    return Collections.unmodifiableList(new ArrayList<>(newest));
  }

  private static ReflogEntry entry(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    Instant time = Instant.ofEpochSecond(in.getLong(), in.getInt());
    Optional<ObjectId> before = id(in);
    Optional<ObjectId> after = id(in);
    return new ReflogEntry(
        time,
        before,
        after,
        new String(value, in.position(), in.remaining(), StandardCharsets.UTF_8));
  }

  private static void putId(Optional<ObjectId> id, ByteBuffer out) {
    out.put((byte) (id.isPresent() ? 1 : 0));
    id.ifPresent(present -> present.writeTo(out));
  }

  private static Optional<ObjectId> id(ByteBuffer in) {
    return in.get() == 0 ? Optional.empty() : Optional.of(ObjectId.readFrom(in));
  }

  private static byte[] logKey(byte[] name, long number) {
    return ByteBuffer.allocate(name.length + 9).put(name).put((byte) 0).putLong(number).array();
  }

  private static byte[] bytes(RefName name) {
    return name.value().getBytes(StandardCharsets.UTF_8);
  }
}
