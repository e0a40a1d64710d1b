package io.dotfs.fusefs.vfs;

/**
 * Who asks, and a way to tell the front end that the answer will take a while. One instance per
 * serving thread, refilled for each request: nobody keeps it after the call.
 */
public interface RequestContext {
  /** Caller's file system user id. */
  int uid();

  /** Caller's file system group id. */
  int gid();

  /** Caller's process id in the mount's pid namespace, 0 if unknown. */
  int pid();

  /**
   * The group of the directory in which something is being created, if the caller is in it without
   * its being {@link #gid()}; -1 otherwise and where the front end does not know.
   */
  default int supplementaryGroup() {
    return -1;
  }

  /**
   * The kernel's number of this request, constant when the request is re-sent to a new server; 0
   * when the front end has none.
   */
  long unique();

  /**
   * Called before an operation that may block for longer than a local page-cache read (fsync, a
   * fetch, a frozen block, a closed gate), so that another thread takes over reading requests.
   * Cheap and idempotent within a request.
   */
  void aboutToBlock();

  /** True once the caller's wait has been interrupted: a wait for a remote then ends with EINTR. */
  boolean interrupted();
}
