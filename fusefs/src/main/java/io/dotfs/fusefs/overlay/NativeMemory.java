package io.dotfs.fusefs.overlay;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;

/** Memory outside the heap, by address: where file data stays between the kernel and the disk. */
public final class NativeMemory {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  private NativeMemory() {}

  /** Fills {@code length} bytes with zero. */
  public static void zero(long address, long length) {
    if (length > 0) {
      MEMORY.setMemory(address, length, (byte) 0);
    }
  }

  /** Copies {@code length} bytes; the ranges do not overlap. */
  public static void copy(long from, long to, long length) {
    if (length > 0) {
      MEMORY.memcpy(to, from, length);
    }
  }

  /** A buffer over {@code length} bytes at {@code address}, valid as long as the memory is. */
  public static ByteBuffer buffer(long address, int length) {
    return MEMORY.newDirectByteBuffer(address, length);
  }

  /** The address of the first byte (index 0) of a direct buffer. */
  public static long address(ByteBuffer direct) {
    return MEMORY.getDirectBufferAddress(direct);
  }

  /** A new array of the bytes at {@code address}. */
  public static byte[] bytes(long address, int length) {
    byte[] copy = new byte[length];
    MEMORY.getByteArray(address, copy, 0, length);
    return copy;
  }

  /** Writes {@code bytes} to {@code address}. */
  public static void put(long address, byte[] bytes) {
    MEMORY.putByteArray(address, bytes, 0, bytes.length);
  }

  static void putLong(long address, long value) {
    MEMORY.putLong(address, value);
  }

  static long getLong(long address) {
    return MEMORY.getLong(address);
  }

  /** Allocates memory that the caller frees. */
  public static long allocate(long bytes) {
    long address = MEMORY.allocateMemory(bytes, false);
    if (address == 0) {
      throw new OutOfMemoryError("native memory: " + bytes + " bytes");
    }
    return address;
  }

  public static void free(long address) {
    MEMORY.freeMemory(address);
  }
}
