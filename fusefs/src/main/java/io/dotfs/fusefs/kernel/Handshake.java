package io.dotfs.fusefs.kernel;

import io.dotfs.fusefs.kernel.FuseLayout.InitIn;
import io.dotfs.fusefs.kernel.FuseLayout.InitOut;
import io.dotfs.fusefs.kernel.FuseLayout.OutHeader;
import io.dotfs.fusefs.vfs.FileSystemException;
import java.nio.ByteBuffer;

/**
 * What the kernel and we agreed on at INIT.
 *
 * @param kernelMinor the kernel's protocol minor
 * @param minor the smaller of the kernel's and ours
 * @param flags what both sides use ({@link ProtocolFlags}, bits 32 and up from flags2)
 * @param maxReadahead bytes
 */
record Handshake(int kernelMinor, int minor, long flags, int maxReadahead) {
  static final int MAJOR = 7;

  /** What this class knows about. */
  static final int NEWEST_MINOR = 45;

  /** Linux 5.4, the oldest kernel that is still maintained by anybody: no other is tested. */
  static final int OLDEST_MINOR = 31;

  /** Most bytes of one WRITE or READ. */
  static final int MAX_WRITE = 1 << 20;

  /** Protocol minor that brought FUSE_NOTIFY_INC_EPOCH. */
  private static final int EPOCH_MINOR = 44;

  private static final int MAX_PAGES = MAX_WRITE / NativeBuffer.PAGE;

  /** With the kernel's default of 12 a few slow fetches stall read-ahead and write-back. */
  private static final int MAX_BACKGROUND = 256;

  private static final int CONGESTION_THRESHOLD = MAX_BACKGROUND * 3 / 4;

  /**
   * Not AUTO_INVAL_DATA, which drops all cached pages at each change of mtime; no lock flags, so
   * that the kernel keeps locks itself; no WRITEBACK_CACHE; no ATOMIC_O_TRUNC.
   */
  private static final long WANTED =
      ProtocolFlags.ASYNC_READ
          | ProtocolFlags.BIG_WRITES
          | ProtocolFlags.DONT_MASK
          | ProtocolFlags.DO_READDIRPLUS
          | ProtocolFlags.READDIRPLUS_AUTO
          | ProtocolFlags.ASYNC_DIO
          | ProtocolFlags.PARALLEL_DIROPS
          | ProtocolFlags.MAX_PAGES
          | ProtocolFlags.EXPLICIT_INVAL_DATA
          | ProtocolFlags.HANDLE_KILLPRIV_V2
          | ProtocolFlags.SETXATTR_EXT
          | ProtocolFlags.INIT_EXT
          | ProtocolFlags.CREATE_SUPP_GROUP
          | ProtocolFlags.DIRECT_IO_ALLOW_MMAP
          | ProtocolFlags.HAS_RESEND;

  /** The smallest payload of an INIT request, that of kernels before 7.36. */
  private static final int OLD_INIT_IN = InitIn.FLAGS2;

  /** Reads the kernel's offer of major 7. */
  static Handshake of(Request init, boolean posixAcl) throws FileSystemException {
    init.structure(OLD_INIT_IN);
    int kernelMinor = init.intAt(InitIn.MINOR);
    long offered = Integer.toUnsignedLong(init.intAt(InitIn.FLAGS));
    if ((offered & ProtocolFlags.INIT_EXT) != 0) {
      init.structure(InitIn.SIZEOF);
      offered |= (long) init.intAt(InitIn.FLAGS2) << 32;
    }
    long wanted = WANTED | (posixAcl ? ProtocolFlags.POSIX_ACL : 0);
    return new Handshake(
        kernelMinor,
        Math.min(kernelMinor, NEWEST_MINOR),
        offered & wanted,
        init.intAt(InitIn.MAX_READAHEAD));
  }

  static int major(Request init) throws FileSystemException {
    init.structure(InitIn.MAX_READAHEAD);
    return init.intAt(InitIn.MAJOR);
  }

  boolean supported() {
    return kernelMinor >= OLDEST_MINOR;
  }

  boolean has(long flag) {
    return (flags & flag) != 0;
  }

  boolean knowsEpochs() {
    return kernelMinor >= EPOCH_MINOR;
  }

  /** Lays out the answer; returns its length. */
  int encode(Reply reply) {
    int at = OutHeader.SIZEOF;
    ByteBuffer buffer = reply.buffer();
    reply.clear(at, InitOut.SIZEOF);
    buffer.putInt(at + InitOut.MAJOR, MAJOR);
    buffer.putInt(at + InitOut.MINOR, minor);
    buffer.putInt(at + InitOut.MAX_READAHEAD, maxReadahead);
    buffer.putInt(at + InitOut.FLAGS, (int) flags);
    buffer.putInt(at + InitOut.FLAGS2, (int) (flags >>> 32));
    buffer.putShort(at + InitOut.MAX_BACKGROUND, (short) MAX_BACKGROUND);
    buffer.putShort(at + InitOut.CONGESTION_THRESHOLD, (short) CONGESTION_THRESHOLD);
    buffer.putInt(at + InitOut.MAX_WRITE, MAX_WRITE);
    buffer.putInt(at + InitOut.TIME_GRAN, 1);
    buffer.putShort(at + InitOut.MAX_PAGES, (short) MAX_PAGES);
    return InitOut.SIZEOF;
  }

  /** The answer to a kernel of a newer major: it asks again with ours. */
  static int encodeMajorAlone(Reply reply) {
    reply.clear(OutHeader.SIZEOF, InitOut.SIZEOF);
    reply.buffer().putInt(OutHeader.SIZEOF + InitOut.MAJOR, MAJOR);
    return InitOut.SIZEOF;
  }
}
