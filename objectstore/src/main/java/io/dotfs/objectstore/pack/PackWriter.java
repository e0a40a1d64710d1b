package io.dotfs.objectstore.pack;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.store.ObjectReader;
import io.dotfs.objectstore.store.ObjectSink;

/**
 * One batch of new objects: a commit, or what a transfer received. Nothing of it is visible in the
 * store until {@link #finish}. Puts may come from many threads; {@code finish}, {@code abort} and
 * {@code close} come from one, after the puts.
 *
 * <p>A writer stays failed after its first storage error: every later call throws, and only {@code
 * abort} or {@code close} is left.
 */
public interface PackWriter extends ObjectSink, AutoCloseable {
  /**
   * Reads what this writer has taken so far and, beneath it, what the store holds: so that a
   * receiver can judge a batch before it becomes visible. Invalid after {@code abort}.
   */
  ObjectReader reader();

  /**
   * Reads only what this writer has taken, and what {@link #putStored} was given although the store
   * had it: "what this peer sent". Invalid once the writer is finished or aborted.
   */
  ObjectReader pending();

  /** What was put so far. */
  PutStatistics statistics();

  /**
   * Makes all objects durable and then visible: pack, index and directory are synced when this
   * returns. Without any new object it does nothing. No garbage collection removes them, or what
   * was found in the store, before {@link #close}.
   *
   * @return what was put in all
   */
  PutStatistics finish() throws StoreException;

  /**
   * Drops everything that was put, unless it is finished, and ends the writer: garbage collections
   * need no longer leave alone what it found in the store. Does nothing the second time.
   */
  void abort();

  /** Aborts unless finished. To be called once a ref names what was put, not before. */
  @Override
  default void close() {
    abort();
  }
}
