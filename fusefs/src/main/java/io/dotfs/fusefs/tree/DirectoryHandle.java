package io.dotfs.fusefs.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An open directory: which cookie stands for which name. A listing goes on behind a name, so
 * entries that stay are neither skipped nor repeated whatever comes and goes meanwhile.
 *
 * <p>Cookies 1 and 2 stand for {@code .} and {@code ..}, cookie n for the name at n - 3.
 */
final class DirectoryHandle {
  static final long DOT = 1;
  static final long DOT_DOT = 2;
  private static final int FIRST = 3;

  final long inode;

  @GuardedBy("this")
  private final List<byte[]> names = new ArrayList<>();

  DirectoryHandle(long inode) {
    this.inode = inode;
  }

  /** The name behind which a listing goes on; empty for the first. */
  synchronized byte[] nameAt(long cookie) {
    if (cookie < FIRST || names.isEmpty()) {
      return new byte[0];
    }
    // A cookie from before a restart of the server: the best guess is the last name known.
    return names.get((int) Math.min(cookie - FIRST, names.size() - 1));
  }

  /** The cookie of {@code name}, which follows the entry of {@code cookie}. */
  synchronized long cookieAfter(long cookie, byte[] name) {
    int next = cookie < FIRST ? 0 : (int) (cookie - FIRST) + 1;
    if (next < names.size() && Arrays.equals(names.get(next), name)) {
      return next + (long) FIRST;
    }
    names.add(name);
    return names.size() - 1 + (long) FIRST;
  }
}
