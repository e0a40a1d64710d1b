package io.dotfs.objectstore.store;

import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.pack.Pack;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The right to replace the packs of a store, which only one thread has at a time. Whoever has it
 * closes it.
 */
public interface Rewriting extends AutoCloseable {
  /**
   * What a rewrite did.
   *
   * @param packs that are gone
   * @param freedBytes by how much what has come in their place is less
   */
  record Rewritten(int packs, long freedBytes) {}

  /** Says what is to stay of a pack. */
  @FunctionalInterface
  interface Wanted {
    /** Asked once or more; the answer may become true, never false. */
    boolean wanted(Pack pack, ObjectId id) throws StoreException;
  }

  /**
   * Puts what is wanted of {@code packs} into new ones and removes the old. Readers and writers go
   * on meanwhile. Every object is verified on its way; a pack with a wanted object that is damaged
   * stays where it is. The new packs are durable before an old one goes: a crash leaves some
   * objects twice. A new pack is as old as the youngest of those that went into it.
   *
   * @param packs in view, oldest last
   * @param sweep what operations hold of that is wanted, too, as long as they do
   * @param stop asked now and then; true gives up, and leaves everything as it was
   */
  Rewritten rewrite(List<Pack> packs, Wanted wanted, Retention.Sweep sweep, BooleanSupplier stop)
      throws StoreException;

  /** Gives the right up, and the disk space of removed packs back. */
  @Override
  void close() throws StoreException;
}
