package io.dotfs.fusefs.vfs;

/** Answer to an open: a reusable out-parameter. */
public final class OpenReply {
  /**
   * File handle, passed back with every request on the descriptor. 0 where handles carry no state.
   */
  public long handle;

  /** Keep what the page cache holds of this file (FOPEN_KEEP_CACHE). */
  public boolean keepCache;

  /** Bypass the page cache (FOPEN_DIRECT_IO). */
  public boolean directIo;

  /** Keep cached directory entries (FOPEN_CACHE_DIR). */
  public boolean cacheDirectory;
}
