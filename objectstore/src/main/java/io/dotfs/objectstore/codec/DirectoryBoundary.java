package io.dotfs.objectstore.codec;

import io.dotfs.objectstore.object.ByteName;
import java.security.MessageDigest;

/**
 * Where the nodes of a directory end: a function of names alone ({@code FORMAT.md}, "Boundaries").
 * The rank of a name is the number of leading zero groups of six bits in its SHA-256; an entry of
 * rank r ends its node at every level below r. One name in 64 ends a leaf, one in 4096 ends a node
 * of leaves, and so on.
 */
public final class DirectoryBoundary {
  /** Bits of one group: the binary logarithm of the average number of items in a node. */
  public static final int GROUP_BITS = 6;

  /** Ranks above this count as this: so many levels have boundaries that names choose. */
  public static final int MAX_RANK = 8;

  private static final ThreadLocal<MessageDigest> DIGEST =
      ThreadLocal.withInitial(ObjectHasher::sha256);

  private DirectoryBoundary() {}

  /** The rank of {@code name}: 0 to {@link #MAX_RANK}. */
  public static int rank(ByteName name) {
    byte[] hash = DIGEST.get().digest(name.toBytes());
    long head = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      head = head << 8 | (hash[i] & 0xff);
    }
    return Math.min(MAX_RANK, Long.numberOfLeadingZeros(head) / GROUP_BITS);
  }

  /** Whether a node at {@code level} whose last entry is {@code name} ends there by its own. */
  public static boolean endsNode(ByteName name, int level) {
    return rank(name) > level;
  }
}
