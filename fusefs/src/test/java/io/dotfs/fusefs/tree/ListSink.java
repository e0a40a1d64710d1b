package io.dotfs.fusefs.tree;

import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import java.nio.charset.StandardCharsets;

/** Takes names and cookies. */
record ListSink(Taker taker) implements DirectorySink {
  interface Taker {
    boolean take(String name, long nextCookie);
  }

  @Override
  public boolean wantsAttributes() {
    return false;
  }

  @Override
  public boolean add(byte[] name, long inode, int type, long nextCookie) {
    return taker.take(new String(name, StandardCharsets.UTF_8), nextCookie);
  }

  @Override
  public boolean addWithAttributes(byte[] name, EntryReply entry, int type, long nextCookie) {
    throw new AssertionError("not asked for");
  }
}
