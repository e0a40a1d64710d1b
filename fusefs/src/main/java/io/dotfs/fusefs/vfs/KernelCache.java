package io.dotfs.fusefs.vfs;

/**
 * What a mount lets the file system tell the kernel. Each call queues a notification and returns at
 * once: they all leave from one thread of the mount, since one sent from inside a handler can
 * deadlock. May be called under any lock and from any thread; after the unmount a call does
 * nothing.
 */
public interface KernelCache {
  /**
   * Drops cached attributes and the cached pages from {@code offset} for {@code length} bytes;
   * length 0 is to the end, offset -1 attributes alone.
   */
  void invalidateInode(long nodeId, long offset, long length);

  /** Drops one name. */
  void invalidateEntry(long parentNodeId, byte[] name);

  /**
   * Drops every name at once (FUSE_NOTIFY_INC_EPOCH, or the root's children where the kernel lacks
   * it).
   */
  void invalidateAllNames();

  /**
   * Waits until everything queued before this call has been handed to the kernel. Never call it
   * from a handler or under a lock that a handler wants.
   */
  void awaitDelivery() throws InterruptedException;
}
