package io.dotfs.daemon.dots;

import io.dotfs.fusefs.tree.WorkingTree;
import io.dotfs.objectstore.error.StoreException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Counts what is dirty. */
final class ChangedFiles {
  /** Counting stops here: more need no exact figure. */
  private static final int LIMIT = 20_000;

  private ChangedFiles() {}

  /** Dirty files per subdot. */
  static Map<String, Long> perSubdot(WorkingTree tree) throws IOException, StoreException {
    Map<String, Long> counts = new HashMap<>();
    for (String path : tree.changedPaths(LIMIT)) {
      int slash = path.indexOf('/');
      counts.merge(slash < 0 ? path : path.substring(0, slash), 1L, Long::sum);
    }
    return counts;
  }
}
