package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.freeze.Gate;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.EntryContent;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.ref.RefUpdate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The generations of a working tree: which one a change belongs to, which ones went into the base,
 * and the commit that is under way.
 *
 * <p>Thread safe. A commit calls {@link #lock}, {@link #freeze}, then {@link #committed} or {@link
 * #abandon}, and {@link #unlock}.
 */
public final class Generations {
  private final WorkingTree tree;
  private final MetaStore metadata;
  private final Gate gate;

  /** Held for the whole of a commit, so that a tree has one at a time. */
  private final ReentrantLock commitLock = new ReentrantLock();

  private volatile Optional<FrozenTree> underway = Optional.empty();

  /** Held for the moment in which the row changes. */
  private final Object rowLock = new Object();

  /** Written under {@link #rowLock}. */
  private volatile TreeRow row;

  Generations(WorkingTree tree, TreeRow row, long first) {
    this.tree = tree;
    this.metadata = tree.metadata();
    this.row = row;
    this.gate = new Gate(first);
  }

  Gate gate() {
    return gate;
  }

  /** The tree's row as the database has it. */
  TreeRow row() {
    return row;
  }

  /** Whether a mark of {@code generation} is of something that the base does not hold. */
  boolean isUncommitted(long generation) {
    return generation > row.committedGeneration();
  }

  Optional<FrozenTree> underway() {
    return underway;
  }

  // ---- marks

  /**
   * Marks an inode as changed in {@code generation}; inside the gate, under the inode's write lock,
   * before the change.
   */
  void touch(Inode inode, long generation, MetaBatch batch) throws IOException {
    if (inode.generation == generation) {
      return;
    }
    Optional<FrozenTree> commit = underway;
    if (commit.isPresent()
        && commit.get().generation() < generation
        && inode.frozen.isEmpty()
        && !Gate.DISABLED) {
      commit.get().setAside(inode);
    }
    markNew(inode, generation, batch);
  }

  /** Marks an inode that comes into being in {@code generation}; no commit under way has it. */
  void markNew(Inode inode, long generation, MetaBatch batch) {
    inode.generation = generation;
    batch.put(Table.DIRTY, Keys.inodeMark(inode.number, generation), new byte[0]);
  }

  /**
   * An operation failed between {@link #touch} and its write, which takes the mark with it: the
   * next operation marks the inode again. Under its write lock.
   */
  void unmark(Inode inode) {
    inode.generation = 0;
  }

  // ---- commits

  /** Begins a commit: waits for another one of this tree to end. */
  public void lock() {
    commitLock.lock();
  }

  /** Ends what {@link #lock} began. */
  public void unlock() {
    commitLock.unlock();
  }

  /**
   * What {@link #freeze} gives back.
   *
   * @param pauseNanos how long the switch took
   */
  public record Frozen(FrozenTree tree, long pauseNanos) {}

  /**
   * Ends the generation at one instant, for a commit. Between {@link #lock} and {@link #unlock};
   * the caller ends it with {@link #committed} or {@link #abandon}.
   */
  public Frozen freeze() throws InterruptedException {
    if (!commitLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("freeze without the lock of commits");
    }
    FrozenTree frozen = new FrozenTree(tree, gate.generation());
    long begin = System.nanoTime();
    underway = Optional.of(frozen);
    long ended = gate.advance();
    long pause = System.nanoTime() - begin;
    try {
      gate.awaitApplied(ended);
    } catch (InterruptedException e) {
      try {
        abandon(frozen);
      } catch (IOException | StoreException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    return new Frozen(frozen, pause);
  }

  /**
   * Moves the refs and makes {@code commit} the base, in one atomic, durable step; then lets live
   * inodes take their content from it.
   *
   * @param contents the content of every changed file and directory, by inode; {@link
   *     FrozenTree#putContent} has been written for each
   */
  public void committed(
      FrozenTree frozen, ObjectId commit, List<RefUpdate> refs, Map<Long, EntryContent> contents)
      throws IOException, StoreException {
    boolean stands = false;
    try {
      synchronized (rowLock) {
        TreeRow next = new TreeRow(row.key(), Optional.of(commit), frozen.generation(), row.kind());
        try (MetaBatch batch = metadata.newBatch()) {
          batch.put(Table.TREES, Keys.number(tree.id()), next.encode());
          tree.refs().updateWith(refs, batch);
          stands = true;
        } finally {
          if (!stands) {
            // It may have been written though not flushed: then memory has to follow.
            Optional<byte[]> stored = metadata.get(Table.TREES, Keys.number(tree.id()));
            stands = stored.isPresent() && TreeRow.decode(stored.get()).equals(next);
          }
          if (stands) {
            row = next;
          }
        }
      }
    } finally {
      if (stands) {
        finish(frozen, contents);
      } else {
        abandon(frozen);
      }
    }
  }

  private void finish(FrozenTree frozen, Map<Long, EntryContent> contents)
      throws IOException, StoreException {
    frozen.succeeded(contents);
    tree.differences().committed(frozen.generation());
    underway = Optional.empty();
    frozen.dispose(true);
  }

  /** Ends a commit that stores nothing: everything is as dirty as before. */
  public void abandon(FrozenTree frozen) throws IOException, StoreException {
    frozen.abandoned();
    underway = Optional.empty();
    frozen.dispose(false);
  }

  /** Gives the tree another name, durably; empty to drop it once it is not used any more. */
  void rename(String key) throws IOException {
    synchronized (rowLock) {
      TreeRow next = new TreeRow(key, row.base(), row.committedGeneration(), row.kind());
      try (MetaBatch batch = metadata.newBatch()) {
        batch.put(Table.TREES, Keys.number(tree.id()), next.encode());
        metadata.sync(metadata.write(batch));
        row = next;
      }
    }
  }
}
