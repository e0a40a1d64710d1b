package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.MetaStore;
import io.dotfs.fusefs.overlay.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What differs from the base commit, and how much: answered from marks and counters, never by a
 * walk through the tree. Thread safe.
 */
final class Differences {
  private final WorkingTree tree;
  private final MetaStore metadata;
  private final ConcurrentHashMap<Long, LongAdder> dirtyBytes = new ConcurrentHashMap<>();

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

  private MetaCursor marks(byte kind) {
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
