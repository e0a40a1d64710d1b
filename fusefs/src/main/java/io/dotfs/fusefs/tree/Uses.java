package io.dotfs.fusefs.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * The inodes that the request of a thread works on: they stay in memory until it ends. Each thread
 * has its own; a request that takes an inode by its node id ends with {@link #end}.
 */
final class Uses {
  private static final ThreadLocal<Uses> HERE = ThreadLocal.withInitial(Uses::new);

  private final List<Inodes> tables = new ArrayList<>();
  private final List<Inode> inodes = new ArrayList<>();

  private Uses() {}

  /** Takes over a reference of the caller's. */
  static void add(Inodes table, Inode inode) {
    Uses uses = HERE.get();
    uses.tables.add(table);
    uses.inodes.add(inode);
  }

  /** The thread's request has ended. */
  static void end() {
    Uses uses = HERE.get();
    while (!uses.inodes.isEmpty()) {
      int last = uses.inodes.size() - 1;
      uses.tables.remove(last).release(uses.inodes.remove(last), 1);
    }
  }
}
