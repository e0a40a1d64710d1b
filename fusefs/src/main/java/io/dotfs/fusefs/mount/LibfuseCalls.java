package io.dotfs.fusefs.mount;

import java.nio.charset.StandardCharsets;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import org.jspecify.annotations.Nullable;

/**
 * libfuse 2, which mounts through its set-uid helper {@code fusermount} where mount(2) is not
 * permitted, and hands over the descriptor. It is used for nothing else here.
 */
final class LibfuseCalls {
  /** Functions of libfuse.so.2. */
  public interface Libfuse {
    /** Mounts; null on failure, with a line on the process's standard error. */
    @Nullable Pointer fuse_mount(@In CharSequence mountPoint, @In Pointer arguments);

    /** The device's descriptor within a channel. */
    int fuse_chan_fd(@In Pointer channel);

    /** Frees a channel and closes its descriptor; does not unmount. */
    void fuse_chan_destroy(@In Pointer channel);
  }

  /** struct fuse_args: int argc, char **argv, int allocated. */
  private static final int ARGS_ARGV = 8;

  private static final int ARGS_SIZEOF = 24;

  private LibfuseCalls() {}

  /**
   * @throws MountException {@link MountException.Reason#UNSUPPORTED} if libfuse 2 is not installed
   */
  static Libfuse load() throws MountException {
    try {
      return LibraryLoader.create(Libfuse.class).failImmediately().load("libfuse.so.2");
    } catch (UnsatisfiedLinkError e) {
      throw new MountException(
          MountException.Reason.UNSUPPORTED,
          "mounting without root needs libfuse 2 (package libfuse2)",
          e);
    }
  }

  /**
   * Lays out a {@code struct fuse_args}. The memory belongs to the garbage collector: the caller
   * keeps every element of the result reachable over the call.
   */
  static Pointer[] arguments(Libfuse libfuse, String... arguments) {
    Runtime runtime = Runtime.getRuntime(libfuse);
    Pointer[] memory = new Pointer[arguments.length + 2];
    Pointer vector = Memory.allocateDirect(runtime, (arguments.length + 1) * Long.BYTES, true);
    for (int i = 0; i < arguments.length; i++) {
      byte[] bytes = arguments[i].getBytes(StandardCharsets.UTF_8);
      Pointer string = Memory.allocateDirect(runtime, bytes.length + 1, true);
      string.put(0, bytes, 0, bytes.length);
      vector.putPointer((long) i * Long.BYTES, string);
      memory[i + 2] = string;
    }
    Pointer struct = Memory.allocateDirect(runtime, ARGS_SIZEOF, true);
    struct.putInt(0, arguments.length);
    struct.putPointer(ARGS_ARGV, vector);
    memory[0] = struct;
    memory[1] = vector;
    return memory;
  }
}
