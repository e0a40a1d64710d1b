package io.dotfs.fusefs.libfuse;

import io.dotfs.fusefs.vfs.KernelCache;

/** With all cache times at zero there is nothing to drop, and libfuse 2 has no way to ask. */
final class NoKernelCache implements KernelCache {
  @Override
  public void invalidateInode(long nodeId, long offset, long length) {
    // Attributes are asked for each time.
  }

  @Override
  public void invalidateEntry(long parentNodeId, byte[] name) {
    // Names are looked up each time.
  }

  @Override
  public void invalidateAllNames() {
    // Names are looked up each time.
  }

  @Override
  public void awaitDelivery() {
    // Nothing is ever queued.
  }
}
