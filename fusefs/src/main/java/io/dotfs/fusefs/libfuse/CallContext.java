package io.dotfs.fusefs.libfuse;

import io.dotfs.fusefs.vfs.RequestContext;

/** Who makes a call. libfuse starts further threads by itself and passes no interrupts on. */
record CallContext(int uid, int gid, int pid) implements RequestContext {
  @Override
  public long unique() {
    return 0;
  }

  @Override
  public void aboutToBlock() {
    // libfuse has a thread for each request that waits.
  }

  @Override
  public boolean interrupted() {
    return false;
  }
}
