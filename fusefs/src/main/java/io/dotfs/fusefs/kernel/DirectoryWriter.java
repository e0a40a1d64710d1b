package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.Dirent;
import io.dotfs.fusefs.kernel.FuseLayout.Direntplus;
import io.dotfs.fusefs.kernel.FuseLayout.EntryOut;
import io.dotfs.fusefs.kernel.FuseLayout.OutHeader;
import io.dotfs.fusefs.vfs.DirectorySink;
import io.dotfs.fusefs.vfs.EntryReply;
import java.nio.ByteBuffer;

/** Lays out a listing in a reply, for READDIR or READDIRPLUS. Owned by one worker. */
final class DirectoryWriter implements DirectorySink {
  private static final int ALIGNMENT = 8;

  private final Reply reply;
  private final ByteBuffer buffer;
  private boolean withAttributes;
  private boolean keepNames;
  private int position;
  private int limit;

  DirectoryWriter(Reply reply) {
    this.reply = reply;
    this.buffer = reply.buffer();
  }

  /**
   * Starts a listing of at most {@code maxBytes}.
   *
   * @param keep whether the kernel may keep the names
   */
  void begin(boolean plus, boolean keep, int maxBytes) {
    withAttributes = plus;
    keepNames = keep;
    position = OutHeader.SIZEOF;
    limit = OutHeader.SIZEOF + maxBytes;
  }

  /** Bytes of payload written. */
  int length() {
    return position - OutHeader.SIZEOF;
  }

  @Override
  public boolean wantsAttributes() {
    return withAttributes;
  }

  @Override
  public boolean add(byte[] name, long inode, int type, long nextCookie) {
    if (withAttributes) {
      // A zeroed entry: the kernel takes the name and looks it up when it needs more.
      if (!fits(Direntplus.DIRENT, name)) {
        return false;
      }
      reply.clear(position, EntryOut.SIZEOF);
      position += Direntplus.DIRENT;
    } else if (!fits(0, name)) {
      return false;
    }
    putDirent(name, inode, type, nextCookie);
    return true;
  }

  @Override
  public boolean addWithAttributes(byte[] name, EntryReply entry, int type, long nextCookie) {
    if (!withAttributes) {
      throw new IllegalStateException("this listing takes no attributes");
    }
    if (!fits(Direntplus.DIRENT, name)) {
      return false;
    }
    if (entry.nodeId == 0) {
      reply.clear(position, EntryOut.SIZEOF);
    } else {
      if (!keepNames) {
        entry.entryValidNanos = 0;
      }
      reply.putEntry(position, entry);
    }
    position += Direntplus.DIRENT;
    putDirent(name, entry.attributes.inode, type, nextCookie);
    return true;
  }

  private boolean fits(int before, byte[] name) {
    return before + padded(Dirent.NAME + name.length) <= limit - position;
  }

  private void putDirent(byte[] name, long inode, int type, long nextCookie) {
    buffer.putLong(position + Dirent.INO, inode);
    buffer.putLong(position + Dirent.OFF, nextCookie);
    buffer.putInt(position + Dirent.NAMELEN, name.length);
    buffer.putInt(position + Dirent.TYPE, type);
    int end = position + Dirent.NAME + name.length;
    buffer.put(position + Dirent.NAME, name);
    position += padded(Dirent.NAME + name.length);
    while (end < position) {
      buffer.put(end++, (byte) 0);
    }
  }

  private static int padded(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
