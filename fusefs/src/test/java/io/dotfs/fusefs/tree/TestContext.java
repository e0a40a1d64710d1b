package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.vfs.RequestContext;

/** A caller. */
record TestContext(int uid, int gid) implements RequestContext {
  static final TestContext ROOT = new TestContext(0, 0);

  @Override
  public int pid() {
    return 1;
  }

  @Override
  public long unique() {
    return 0;
  }

  @Override
  public void aboutToBlock() {}

  @Override
  public boolean interrupted() {
    return false;
  }
}
