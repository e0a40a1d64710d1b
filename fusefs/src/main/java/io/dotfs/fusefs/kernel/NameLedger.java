package io.dotfs.fusefs.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names below the root that were handed to the kernel with leave to keep them, for kernels that
 * cannot be told to drop all names at once (before 7.44). Bounded: a name that no longer fits must
 * be handed out without that leave; only moves into the root go beyond the limit. Thread safe.
 */
final class NameLedger {
  private final int limit;

  @GuardedBy("this")
  private Set<ByteBuffer> names = new HashSet<>();

  NameLedger(int limit) {
    this.limit = limit;
  }

  /** Notes a name; returns false if there is no room and the kernel may not keep it. */
  synchronized boolean note(byte[] name) {
    ByteBuffer key = ByteBuffer.wrap(name);
    return names.contains(key) || (names.size() < limit && names.add(key));
  }

  /** Notes a name that the kernel has moved here together with the leave to keep it. */
  synchronized void noteMoved(byte[] name) {
    names.add(ByteBuffer.wrap(name));
  }

  /** Strikes out a name that the kernel has dropped. */
  synchronized void strike(byte[] name) {
    names.remove(ByteBuffer.wrap(name));
  }

  /** Takes out all names. */
  List<byte[]> drain() {
    Set<ByteBuffer> drained;
    synchronized (this) {
      drained = names;
      names = new HashSet<>();
    }
    return drained.stream().map(ByteBuffer::array).toList();
  }
}
