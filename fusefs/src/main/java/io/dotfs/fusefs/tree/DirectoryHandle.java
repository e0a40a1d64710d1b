package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * An open directory: which cookie stands for which name. A listing goes on behind a name, so
 * entries that stay are neither skipped nor repeated whatever comes and goes meanwhile.
 *
 * <p>Cookies 1 and 2 stand for {@code .} and {@code ..}, cookie n for the name at n - 3. So that a
 * listing of millions takes little memory, the last {@link #RECENT} names are kept, and of earlier
 * ones every {@link #STRIDE}th: whoever seeks back there is led by way of the one before, which is
 * exact unless names between the two came or went.
 */
final class DirectoryHandle {
  static final long DOT = 1;
  static final long DOT_DOT = 2;

  /** More than the kernel reads ahead of a program. */
  static final int RECENT = 4096;

  static final int STRIDE = 256;
  private static final int FIRST = 3;

  final long inode;

  /** The name of index i is at i % RECENT, for the last so many. */
  @GuardedBy("this")
  private byte[][] recent = {};

  /** Names by index, where a run of names that follow one another begins and on its way. */
  @GuardedBy("this")
  private final TreeMap<Integer, byte[]> waypoints = new TreeMap<>();

  /** How many names were handed out. */
  @GuardedBy("this")
  private int size;

  DirectoryHandle(long inode) {
    this.inode = inode;
  }

  /**
   * Where a listing goes on.
   *
   * @param name behind this one; empty: at the beginning
   * @param skip leaving out so many
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Position(byte[] name, int skip) {}

  /** The position behind the entry of a cookie. */
  synchronized Position after(long cookie) {
    if (cookie < FIRST || size == 0) {
      return new Position(new byte[0], 0);
    }
    // A cookie from before a restart of the server: the best guess is the last name known.
    int index = (int) Math.min(cookie - FIRST, size - 1);
    if (isRecent(index)) {
      return new Position(recent[index % RECENT], 0);
    }
    Map.Entry<Integer, byte[]> before = waypoints.floorEntry(index);
    if (before == null) {
      throw new IllegalStateException("no way to entry " + index + " of a directory");
    }
    return new Position(before.getValue(), index - before.getKey());
  }

  @GuardedBy("this")
  private boolean isRecent(int index) {
    return index < size && index >= size - RECENT;
  }

  /** The cookie of {@code name}, which follows the entry of {@code cookie}. */
  synchronized long cookieAfter(long cookie, byte[] name) {
    int next = cookie < FIRST ? 0 : (int) Math.min(cookie - FIRST, size - 1) + 1;
    if (isRecent(next) && Arrays.equals(recent[next % RECENT], name)) {
      return next + (long) FIRST;
    }
    boolean followsLast = next == size && size > 0;
    if (!followsLast || size - waypoints.lastKey() >= STRIDE) {
      waypoints.put(size, name);
    }
    if (recent.length < RECENT && size >= recent.length) {
      recent = Arrays.copyOf(recent, Math.min(RECENT, Math.max(64, recent.length * 2)));
    }
    recent[size % RECENT] = name;
    size++;
    return size - 1 + (long) FIRST;
  }

  /** How many names are kept. */
  synchronized int kept() {
    return Math.min(size, RECENT) + waypoints.size();
  }
}
