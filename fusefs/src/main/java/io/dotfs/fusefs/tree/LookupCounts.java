package io.dotfs.fusefs.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** How many look-ups of each inode the kernel holds through one mount. Thread safe. */
final class LookupCounts {
  private static final int STRIPES = 64;

  private final Map<Long, long[]>[] stripes = stripes();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<Long, long[]>[] stripes() {
    Map<Long, long[]>[] maps = new Map[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      maps[i] = new HashMap<>();
    }
    return maps;
  }

  private Map<Long, long[]> stripe(long inode) {
    return stripes[(int) inode & (STRIPES - 1)];
  }

  void add(long inode) {
    Map<Long, long[]> stripe = stripe(inode);
    synchronized (stripe) {
      stripe.computeIfAbsent(inode, i -> new long[1])[0]++;
    }
  }

  /** Takes up to {@code count} away and returns how many there were of them. */
  long remove(long inode, long count) {
    Map<Long, long[]> stripe = stripe(inode);
    synchronized (stripe) {
      long[] held = stripe.get(inode);
      if (held == null) {
        return 0;
      }
      long removed = Math.min(held[0], count);
      held[0] -= removed;
      if (held[0] == 0) {
        stripe.remove(inode);
      }
      return removed;
    }
  }

  /** Takes everything away. */
  void drain(BiConsumer<Long, Long> consumer) {
    for (Map<Long, long[]> stripe : stripes) {
      Map<Long, long[]> all;
      synchronized (stripe) {
        all = new HashMap<>(stripe);
        stripe.clear();
      }
      all.forEach((inode, count) -> consumer.accept(inode, count[0]));
    }
  }
}
