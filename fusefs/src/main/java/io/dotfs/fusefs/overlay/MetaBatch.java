package io.dotfs.fusefs.overlay;

/**
 * Changes that become visible together and survive a crash together or not at all. Reusable: {@link
 * MetaStore#write} leaves it empty. Not thread safe.
 */
public interface MetaBatch extends AutoCloseable {
  /** Adds or replaces a value; the arrays are copied. */
  void put(Table table, byte[] key, byte[] value);

  /** Removes a key, if it is there. */
  void delete(Table table, byte[] key);

  /** Removes all keys from {@code from} (inclusive) to {@code to} (exclusive). */
  void deleteRange(Table table, byte[] from, byte[] to);

  boolean isEmpty();

  /** Forgets what was added. */
  void clear();

  @Override
  void close();
}
