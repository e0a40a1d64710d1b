package io.dotfs.objectstore.archive;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A tar that may be compressed. */
public final class TarInput {
  private static final int BUFFER_BYTES = 1 << 17;
  private static final int MAGIC_BYTES = 6;

  private TarInput() {}

  /**
   * The tar itself, decompressed as its first bytes say.
   *
   * @throws BadArchiveException if it is compressed in a way that is not known here
   */
  public static InputStream open(InputStream in) throws IOException {
    PushbackInputStream begin = new PushbackInputStream(in, MAGIC_BYTES);
    byte[] magic = begin.readNBytes(MAGIC_BYTES);
    begin.unread(magic);
    InputStream buffered = new BufferedInputStream(begin, BUFFER_BYTES);
    if (startsWith(magic, 0x1f, 0x8b)) {
      try {
        return new Decompressed(new GZIPInputStream(buffered, BUFFER_BYTES));
      } catch (ZipException | EOFException e) {
        throw damaged(e);
      }
    } else if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new Decompressed(new ZstdInputStream(buffered));
    } else if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      throw other("xz");
    } else if (startsWith(magic, 'B', 'Z', 'h')) {
      throw other("bzip2");
    }
    return buffered;
  }

  private static BadArchiveException other(String program) {
    return new BadArchiveException(
        "the tar is compressed with " + program + ": pipe it through " + program + " -dc");
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Says of damage that it is the tar's; what the sender's stream throws stays as it is. */
  private static final class Decompressed extends InputStream {
    private final InputStream in;

    Decompressed(InputStream in) {
      this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return in.read(target, offset, length);
      } catch (ZipException | ZstdIOException | EOFException e) {
        throw damaged(e);
      }
    }
  }

  private static BadArchiveException damaged(IOException cause) {
    return new BadArchiveException("the compressed tar is damaged or cut off", cause);
  }
}
