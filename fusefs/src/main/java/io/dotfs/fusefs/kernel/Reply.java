package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.Attr;
import io.dotfs.fusefs.kernel.FuseLayout.AttrOut;
import io.dotfs.fusefs.kernel.FuseLayout.EntryOut;
import io.dotfs.fusefs.kernel.FuseLayout.GetxattrOut;
import io.dotfs.fusefs.kernel.FuseLayout.Kstatfs;
import io.dotfs.fusefs.kernel.FuseLayout.OpenOut;
import io.dotfs.fusefs.kernel.FuseLayout.OutHeader;
import io.dotfs.fusefs.kernel.FuseLayout.WriteOut;
import io.dotfs.fusefs.vfs.EntryReply;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.OpenReply;
import io.dotfs.fusefs.vfs.StatfsReply;
import java.nio.ByteBuffer;

/**
 * One reply, encoded in place: a header and a payload. Each method that fills the payload returns
 * its length in bytes. Owned by one worker.
 */
final class Reply {
  /** What a handler returns when the request gets no answer. */
  static final int NONE = -1;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int PAYLOAD = OutHeader.SIZEOF;

  private final ByteBuffer buffer;
  private final long address;
  private final boolean zeroTimeouts;

  /**
   * @param zeroTimeouts the kernel may keep no name, no attributes and no content, whatever the
   *     file system allows
   */
  Reply(ByteBuffer buffer, long address, boolean zeroTimeouts) {
    this.buffer = buffer;
    this.address = address;
    this.zeroTimeouts = zeroTimeouts;
  }

  /** Most bytes of payload that fit. */
  int capacity() {
    return buffer.capacity() - PAYLOAD;
  }

  /** Where the payload starts; the file system reads file data straight to it. */
  long payloadAddress() {
    return address + PAYLOAD;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  /**
   * Fills in the header.
   *
   * @param error 0 or a positive errno
   * @return length of the whole message in bytes
   */
  int finish(long unique, int error, int payloadBytes) {
    int length = PAYLOAD + payloadBytes;
    buffer.putInt(OutHeader.LEN, length);
    buffer.putInt(OutHeader.ERROR, -error);
    buffer.putLong(OutHeader.UNIQUE, unique);
    return length;
  }

  int entry(EntryReply entry) {
    putEntry(PAYLOAD, entry);
    return EntryOut.SIZEOF;
  }

  int entryAndOpen(EntryReply entry, OpenReply open) {
    putEntry(PAYLOAD, entry);
    putOpen(PAYLOAD + EntryOut.SIZEOF, open);
    return EntryOut.SIZEOF + OpenOut.SIZEOF;
  }

  int open(OpenReply open) {
    putOpen(PAYLOAD, open);
    return OpenOut.SIZEOF;
  }

  int attributes(long allowedNanos, InodeAttributes attributes) {
    long validNanos = kept(allowedNanos);
    buffer.putLong(PAYLOAD + AttrOut.ATTR_VALID, validNanos / NANOS_PER_SECOND);
    buffer.putLong(PAYLOAD + AttrOut.ATTR_VALID_NSEC, validNanos % NANOS_PER_SECOND);
    putAttributes(buffer, PAYLOAD + AttrOut.ATTR, attributes);
    return AttrOut.SIZEOF;
  }

  int written(long count) {
    buffer.putLong(PAYLOAD + WriteOut.SIZE, count);
    return WriteOut.SIZEOF;
  }

  /** A single 64-bit figure: a position or a count. */
  int figure(long value) {
    buffer.putLong(PAYLOAD, value);
    return Long.BYTES;
  }

  int attributeSize(int bytes) {
    buffer.putLong(PAYLOAD + GetxattrOut.SIZE, bytes);
    return GetxattrOut.SIZEOF;
  }

  int bytes(byte[] bytes) {
    buffer.put(PAYLOAD, bytes);
    return bytes.length;
  }

  int statfs(StatfsReply figures) {
    clear(PAYLOAD, Kstatfs.SIZEOF);
    buffer.putLong(PAYLOAD + Kstatfs.BLOCKS, figures.blocks);
    buffer.putLong(PAYLOAD + Kstatfs.BFREE, figures.blocksFree);
    buffer.putLong(PAYLOAD + Kstatfs.BAVAIL, figures.blocksAvailable);
    buffer.putLong(PAYLOAD + Kstatfs.FILES, figures.files);
    buffer.putLong(PAYLOAD + Kstatfs.FFREE, figures.filesFree);
    buffer.putInt(PAYLOAD + Kstatfs.BSIZE, figures.blockSize);
    buffer.putInt(PAYLOAD + Kstatfs.NAMELEN, figures.nameLength);
    buffer.putInt(PAYLOAD + Kstatfs.FRSIZE, figures.fragmentSize);
    return Kstatfs.SIZEOF;
  }

  /** Sets payload bytes to 0. */
  void clear(int from, int bytes) {
    for (int i = from; i < from + bytes; i += Long.BYTES) {
      buffer.putLong(i, 0);
    }
  }

  /** Puts an entry at a place of the message. */
  void putEntry(int at, EntryReply entry) {
    long nameNanos = kept(entry.entryValidNanos);
    long attributesNanos = kept(entry.attributesValidNanos);
    buffer.putLong(at + EntryOut.NODEID, entry.nodeId);
    buffer.putLong(at + EntryOut.GENERATION, entry.generation);
    buffer.putLong(at + EntryOut.ENTRY_VALID, nameNanos / NANOS_PER_SECOND);
    buffer.putLong(at + EntryOut.ATTR_VALID, attributesNanos / NANOS_PER_SECOND);
    buffer.putInt(at + EntryOut.ENTRY_VALID_NSEC, (int) (nameNanos % NANOS_PER_SECOND));
    buffer.putInt(at + EntryOut.ATTR_VALID_NSEC, (int) (attributesNanos % NANOS_PER_SECOND));
    putAttributes(buffer, at + EntryOut.ATTR, entry.attributes);
  }

  private static void putAttributes(ByteBuffer buffer, int at, InodeAttributes attributes) {
    buffer.putLong(at + Attr.INO, attributes.inode);
    buffer.putLong(at + Attr.SIZE, attributes.size);
    buffer.putLong(at + Attr.BLOCKS, attributes.blocks);
    buffer.putLong(at + Attr.ATIME, attributes.atimeSeconds);
    buffer.putLong(at + Attr.MTIME, attributes.mtimeSeconds);
    buffer.putLong(at + Attr.CTIME, attributes.ctimeSeconds);
    buffer.putInt(at + Attr.ATIMENSEC, attributes.atimeNanos);
    buffer.putInt(at + Attr.MTIMENSEC, attributes.mtimeNanos);
    buffer.putInt(at + Attr.CTIMENSEC, attributes.ctimeNanos);
    buffer.putInt(at + Attr.MODE, attributes.mode);
    buffer.putInt(at + Attr.NLINK, attributes.linkCount);
    buffer.putInt(at + Attr.UID, attributes.uid);
    buffer.putInt(at + Attr.GID, attributes.gid);
    buffer.putInt(at + Attr.RDEV, attributes.rdev);
    buffer.putInt(at + Attr.BLKSIZE, attributes.blockSize);
    buffer.putInt(at + Attr.FLAGS, 0);
  }

  private long kept(long allowedNanos) {
    return zeroTimeouts ? 0 : allowedNanos;
  }

  private void putOpen(int at, OpenReply open) {
    buffer.putLong(at + OpenOut.FH, open.handle);
    int flags =
        (open.directIo ? ProtocolFlags.FOPEN_DIRECT_IO : 0)
            | (open.keepCache && !zeroTimeouts ? ProtocolFlags.FOPEN_KEEP_CACHE : 0)
            | (open.cacheDirectory && !zeroTimeouts ? ProtocolFlags.FOPEN_CACHE_DIR : 0);
    // The upper half is the id of a backing file, of which we have none.
    buffer.putLong(at + OpenOut.OPEN_FLAGS, flags);
  }
}
