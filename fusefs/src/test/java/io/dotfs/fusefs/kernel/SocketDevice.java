package io.dotfs.fusefs.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/**
 * A pair of sockets that keep message boundaries, as the device does: what a test writes at one end
 * is a request to the session at the other.
 */
final class SocketDevice implements AutoCloseable {
  /** Functions of libc. */
  public interface Libc {
    int socketpair(int domain, int type, int protocol, @Out int[] descriptors);

    int setsockopt(int fd, int level, int name, @In byte[] value, int bytes);
  }

  private static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final byte LIMIT_SECONDS = 10;
  private static final int ROOM = 2 << 20;

  private final NativeBuffer buffer = new NativeBuffer(0, ROOM);
  private final int ours;
  private final int theirs;
  private long unique = 100;

  SocketDevice() {
    int[] descriptors = new int[2];
    if (LIBC.socketpair(AF_UNIX, SOCK_SEQPACKET, 0, descriptors) != 0) {
      throw new IllegalStateException("no socket pair");
    }
    ours = descriptors[0];
    theirs = descriptors[1];
    // A missing answer fails the test; a thread in read(2) cannot be interrupted.
    byte[] timeval = new byte[16];
    timeval[0] = LIMIT_SECONDS;
    LIBC.setsockopt(ours, SOL_SOCKET, SO_RCVTIMEO, timeval, timeval.length);
  }

  /** The end that a session serves, and closes. */
  int sessionEnd() {
    return theirs;
  }

  /** Sends bytes as they are. */
  void sendRaw(byte[] message) {
    buffer.view().put(0, message);
    if (DeviceCalls.LIBC.write(ours, buffer.address(), message.length) != message.length) {
      throw new IllegalStateException("errno " + DeviceCalls.errno());
    }
  }

  /** Sends a request and returns its unique number. */
  long send(int opcode, long node, byte[] payload) {
    return send(opcode, node, payload, 40 + payload.length, 0);
  }

  long send(int opcode, long node, byte[] payload, int length, int extensionWords) {
    long id = unique;
    unique += 2;
    ByteBuffer message = ByteBuffer.allocate(40 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(length).putInt(opcode).putLong(id).putLong(node);
    message.putInt(0).putInt(0).putInt(1).putShort((short) extensionWords).putShort((short) 0);
    message.put(payload);
    sendRaw(message.array());
    return id;
  }

  /** An answer. */
  record Answer(long unique, int error, ByteBuffer payload) {}

  /** Receives one answer; blocks. */
  Answer receive() {
    long count = DeviceCalls.LIBC.read(ours, buffer.address(), ROOM);
    if (count < 16) {
      throw new IllegalStateException(count + " bytes, errno " + DeviceCalls.errno());
    }
    ByteBuffer view = buffer.view();
    if (view.getInt(0) != count) {
      throw new IllegalStateException("length " + view.getInt(0) + " of " + count);
    }
    byte[] payload = new byte[(int) count - 16];
    view.get(16, payload);
    return new Answer(
        view.getLong(8), view.getInt(4), ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Hangs up, which ends the session. */
  @Override
  public void close() {
    DeviceCalls.LIBC.close(ours);
    buffer.close();
  }
}
