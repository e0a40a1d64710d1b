package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What differs from the base commit, and how much: answered from marks and counters, never by a
 * walk through the tree. Thread safe.
 */
final class Differences {
  private static final Logger LOG = LoggerFactory.getLogger(Differences.class);

  private final WorkingTree tree;
  private final MetaStore metadata;
  private final ConcurrentHashMap<Long, LongAdder> dirtyBytes = new ConcurrentHashMap<>();

  /** By subdot and generation: by how much the files of a subdot grew, or shrank. */
  private final ConcurrentHashMap<Long, ConcurrentSkipListMap<Long, LongAdder>> growth =
      new ConcurrentHashMap<>();

  Differences(WorkingTree tree) {
    this.tree = tree;
    this.metadata = tree.metadata();
  }

  /** Bytes of a subdot became dirty, or clean where {@code delta} is negative. */
  void addDirtyBytes(long subdot, long delta) {
    if (delta != 0) {
      dirtyBytes.computeIfAbsent(subdot, s -> new LongAdder()).add(delta);
    }
  }

  long dirtyBytes() {
    long sum = 0;
    for (LongAdder subdot : dirtyBytes.values()) {
      sum += Math.max(0, subdot.sum());
    }
    return sum;
  }

  /** Of the subdot with that root inode. */
  long dirtyBytes(long subdot) {
    LongAdder adder = dirtyBytes.get(subdot);
    return adder == null ? 0 : Math.max(0, adder.sum());
  }

  /** Files of a subdot grew in {@code generation}, each counting once for each of its names. */
  void addGrowth(long subdot, long generation, long delta) {
    if (delta != 0) {
      growth
          .computeIfAbsent(subdot, s -> new ConcurrentSkipListMap<>())
          .computeIfAbsent(generation, g -> new LongAdder())
          .add(delta);
    }
  }

  /** By how much the files of a subdot hold more than its base, or less. */
  long growth(long subdot) {
    ConcurrentSkipListMap<Long, LongAdder> generations = growth.get(subdot);
    if (generations == null) {
      return 0;
    }
    return generations.tailMap(tree.committedGeneration(), false).values().stream()
        .mapToLong(LongAdder::sum)
        .sum();
  }

  /** The base holds what was changed up to {@code generation}. */
  void committed(long generation) {
    growth.values().forEach(generations -> generations.headMap(generation, true).clear());
  }

  /** Rebuilds what only memory knows; before anyone uses the tree. O(changed). */
  void recover() throws IOException {
    long generation = tree.gate().generation();
    try {
      SizeChange.below(tree, tree.rootNumber())
          .forEach((subdot, delta) -> addGrowth(subdot, generation, delta));
    } catch (StoreException e) {
      // Damage is for whoever reads what is damaged; a figure is no reason not to start.
      LOG.warn("the size of {} is not exact: {}", tree.key(), e.getMessage());
    }
    for (long number : inodes()) {
      Optional<Inode> found = tree.inodes().acquire(number);
      if (found.isPresent()) {
        Inode inode = found.get();
        if (inode.isRegular()) {
          addDirtyBytes(inode.subdot, tree.inodes().loadedBytes(inode).countDirtyBytes());
        }
        tree.inodes().release(inode, 1);
      }
    }
  }

  MetaCursor marks(byte kind) {
    return metadata.cursor(
        Table.DIRTY, Keys.marksFrom(tree.id(), kind), Keys.marksTo(tree.id(), kind));
  }

  private boolean isUncommitted(MetaCursor mark) {
    return tree.generations().isUncommitted(Keys.markedGeneration(mark.key()));
  }

  /** Whether anything differs, were it a name or a mode. */
  boolean any() throws IOException {
    for (byte kind : new byte[] {Keys.MARK_INODE, Keys.MARK_NAME}) {
      try (MetaCursor cursor = marks(kind)) {
        while (cursor.next()) {
          if (isUncommitted(cursor)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Numbers of the inodes that changed. O(changed). */
  SortedSet<Long> inodes() throws IOException {
    TreeSet<Long> numbers = new TreeSet<>();
    try (MetaCursor cursor = marks(Keys.MARK_INODE)) {
      while (cursor.next()) {
        if (isUncommitted(cursor)) {
          numbers.add(Keys.markedInode(cursor.key()));
        }
      }
    }
    return numbers;
  }

  /** Paths of inodes that changed, at most {@code limit}. */
  List<String> paths(int limit) throws IOException {
    List<String> paths = new ArrayList<>();
    for (long number : inodes()) {
      if (paths.size() >= limit) {
        break;
      }
      tree.names().pathOf(number).ifPresent(paths::add);
    }
    return paths;
  }
}
