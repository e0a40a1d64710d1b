package io.dotfs.fusefs.kernel;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A message buffer in native memory, placed so that what follows its header starts a page: the
 * kernel copies file data page by page, and the system calls on the other side get aligned memory.
 * The memory is touched, and so costs something, only where messages reach.
 *
 * <p>Owned by one thread. After {@link #close} neither the address nor the view may be used.
 */
final class NativeBuffer implements AutoCloseable {
  static final int PAGE = 4096;

  private final long allocation;
  private final long address;
  private final ByteBuffer view;

  /**
   * @param headerBytes what precedes the data, less than a page
   * @param dataBytes room behind it
   */
  NativeBuffer(int headerBytes, int dataBytes) {
    if (headerBytes < 0 || headerBytes >= PAGE || dataBytes < 0) {
      throw new IllegalArgumentException(headerBytes + " + " + dataBytes);
    }
    long size = PAGE + (long) (dataBytes + PAGE - 1) / PAGE * PAGE;
    allocation = DeviceCalls.LIBC.aligned_alloc(PAGE, size);
    if (allocation == 0) {
      throw new OutOfMemoryError("message buffer of " + size + " bytes");
    }
    address = allocation + PAGE - headerBytes;
    view =
        MemoryIO.getInstance()
            .newDirectByteBuffer(address, headerBytes + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Address of the first byte of the header. */
  long address() {
    return address;
  }

  /** The same memory, header first, little-endian; positions are checked. */
  ByteBuffer view() {
    return view;
  }

  int capacity() {
    return view.capacity();
  }

  @Override
  public void close() {
    DeviceCalls.LIBC.free(allocation);
  }
}
