package io.dotfs.fusefs.overlay;

import java.io.IOException;
import java.util.Optional;

/**
 * Ordered key/value tables with atomic batches: the port behind which the database of a home lies.
 *
 * <p>What a returned {@link #write} holds survives the death of this process; it survives a power
 * cut once {@link #sync} covers it. After either, the store holds a prefix of the batches in the
 * order they were written. Thread safe.
 */
public interface MetaStore extends AutoCloseable {
  /** The value of a key that is expected to be there; quicker than {@link #find} if it is. */
  Optional<byte[]> get(Table table, byte[] key) throws IOException;

  /** The value of a key that may well be absent; quicker than {@link #get} if it is. */
  Optional<byte[]> find(Table table, byte[] key) throws IOException;

  /** A new batch, for one thread. */
  MetaBatch newBatch();

  /**
   * Applies {@code batch} atomically and empties it.
   *
   * @return a number that grows with every write; hand it to {@link #sync} to make it durable
   */
  long write(MetaBatch batch) throws IOException;

  /** Makes every write up to number {@code upTo} durable; callers at one time share one flush. */
  void sync(long upTo) throws IOException;

  /** The number of the latest write. */
  long lastWrite();

  /** The number of the latest write that is durable for sure. */
  long lastSync();

  /** Walks the keys from {@code from} (inclusive) to {@code to} (exclusive), as they are now. */
  MetaCursor cursor(Table table, byte[] from, byte[] to);

  @Override
  void close() throws IOException;
}
