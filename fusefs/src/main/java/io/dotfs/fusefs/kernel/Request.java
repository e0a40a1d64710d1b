package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.InHeader;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import java.nio.ByteBuffer;

/**
 * One request, decoded in place. Every access is checked against the length that was received; what
 * does not fit is EINVAL. Owned by one worker and refilled by each {@link #accept}.
 */
final class Request {
  private final ByteBuffer buffer;
  private final long address;

  private int opcode;
  private long unique;
  private long nodeId;
  private int payloadLength;
  private int next;

  Request(ByteBuffer buffer, long address) {
    this.buffer = buffer;
    this.address = address;
  }

  /**
   * Takes the message of {@code received} bytes that is in the buffer.
   *
   * @return false if it is not even a header
   */
  boolean accept(long received) {
    if (received < InHeader.SIZEOF || received > buffer.capacity()) {
      return false;
    }
    opcode = buffer.getInt(InHeader.OPCODE);
    unique = buffer.getLong(InHeader.UNIQUE);
    nodeId = buffer.getLong(InHeader.NODEID);
    int extensions = Short.toUnsignedInt(buffer.getShort(InHeader.TOTAL_EXTLEN)) * 8;
    payloadLength = (int) received - InHeader.SIZEOF - extensions;
    next = 0;
    return true;
  }

  /** Whether the header's own figures agree with the {@code received} bytes. */
  boolean consistent(long received) {
    return Integer.toUnsignedLong(buffer.getInt(InHeader.LEN)) == received && payloadLength >= 0;
  }

  int opcode() {
    return opcode;
  }

  long unique() {
    return unique;
  }

  long nodeId() {
    return nodeId;
  }

  int uid() {
    return buffer.getInt(InHeader.UID);
  }

  int gid() {
    return buffer.getInt(InHeader.GID);
  }

  int pid() {
    return buffer.getInt(InHeader.PID);
  }

  /** Bytes behind the header, extensions left out. */
  int payloadLength() {
    return payloadLength;
  }

  /** Checks that a structure of {@code size} bytes is there; names are read from behind it. */
  void structure(int size) throws FileSystemException {
    if (size > payloadLength) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    next = size;
  }

  /** A field within the structure. */
  int intAt(int offset) {
    return buffer.getInt(InHeader.SIZEOF + offset);
  }

  /** A field within the structure. */
  long longAt(int offset) {
    return buffer.getLong(InHeader.SIZEOF + offset);
  }

  /** The next NUL-terminated string, without the NUL; may be empty. */
  byte[] string() throws FileSystemException {
    int end = next;
    while (end < payloadLength && buffer.get(InHeader.SIZEOF + end) != 0) {
      end++;
    }
    if (end == payloadLength) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    byte[] string = new byte[end - next];
    buffer.get(InHeader.SIZEOF + next, string);
    next = end + 1;
    return string;
  }

  /** The next string, which names a directory entry: not empty, no slash, not a dot or two. */
  byte[] name() throws FileSystemException {
    byte[] name = string();
    boolean valid = name.length > 0;
    for (byte b : name) {
      valid &= b != '/';
    }
    if (!valid || (name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.')))) {
      throw FileSystemException.of(Errno.EINVAL);
    }
    return name;
  }

  /** A copy of the next {@code size} bytes. */
  byte[] bytes(int size) throws FileSystemException {
    checkSize(size);
    byte[] bytes = new byte[size];
    buffer.get(InHeader.SIZEOF + next, bytes);
    next += size;
    return bytes;
  }

  /** Address of the next {@code size} bytes; valid until the worker reads its next request. */
  long dataAddress(int size) throws FileSystemException {
    checkSize(size);
    return address + InHeader.SIZEOF + next;
  }

  /**
   * The supplementary group that a creation should be tried with (CREATE_SUPP_GROUP), or -1. The
   * kernel sends at most one, and only if the directory belongs to a group that is not the caller's
   * own.
   */
  int supplementaryGroup() {
    int end = InHeader.SIZEOF + payloadLength;
    int limit = end + Short.toUnsignedInt(buffer.getShort(InHeader.TOTAL_EXTLEN)) * 8;
    int at = end;
    while (at + FuseLayout.ExtHeader.SIZEOF <= limit) {
      int size = buffer.getInt(at + FuseLayout.ExtHeader.SIZE);
      if (size < FuseLayout.ExtHeader.SIZEOF || size > limit - at) {
        return -1;
      }
      int body = at + FuseLayout.ExtHeader.SIZEOF;
      boolean groups = buffer.getInt(at + FuseLayout.ExtHeader.TYPE) == ProtocolFlags.EXT_GROUPS;
      if (groups
          && size >= FuseLayout.ExtHeader.SIZEOF + FuseLayout.SuppGroups.GROUPS + 4
          && buffer.getInt(body + FuseLayout.SuppGroups.NR_GROUPS) >= 1) {
        return buffer.getInt(body + FuseLayout.SuppGroups.GROUPS);
      }
      at += (size + 7) & ~7;
    }
    return -1;
  }

  private void checkSize(int size) throws FileSystemException {
    if (size < 0 || size > payloadLength - next) {
      throw FileSystemException.of(Errno.EINVAL);
    }
  }
}
