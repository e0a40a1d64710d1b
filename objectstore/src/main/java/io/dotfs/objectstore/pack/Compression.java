package io.dotfs.objectstore.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.store.Encoding;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Zstandard contexts and buffers, reused. There are as many as threads that ever compressed or
 * decompressed at once, so that threads may come and go. Any number of threads may use it.
 */
public final class Compression implements AutoCloseable {
  private final int level;
  private final Queue<Workspace> workspaces = new ConcurrentLinkedQueue<>();
  private final Queue<ZstdDecompressCtx> decompressors = new ConcurrentLinkedQueue<>();

  /** Compresses at zstd {@code level}. */
  public Compression(int level) {
    this.level = level;
  }

  /** One thread's context and buffers for building a record. */
  static final class Workspace {
    private final ZstdCompressCtx context;
    private byte[] input = new byte[16 << 10];
    private byte[] record = new byte[PackFormat.RECORD_HEADER_BYTES + (20 << 10)];

    private Workspace(int level) {
      context = new ZstdCompressCtx().setLevel(level);
    }

    /**
     * {@code payload} as a buffer with an array, copied only if it has none. Its position stays.
     */
    ByteBuffer onHeap(ByteBuffer payload) {
      if (payload.hasArray()) {
        return payload;
      }
      int length = payload.remaining();
      if (input.length < length) {
        input = new byte[Math.max(length, 2 * input.length)];
      }
      payload.get(payload.position(), input, 0, length);
      return ByteBuffer.wrap(input, 0, length);
    }

    /** The record's bytes: header first. Valid until the next call. */
    byte[] record() {
      return record;
    }

    private void reserve(int storedBytes) {
      int needed = PackFormat.RECORD_HEADER_BYTES + storedBytes;
      if (record.length < needed) {
        record = new byte[Math.max(needed, 2 * record.length)];
      }
    }

    /**
     * Puts the stored form of {@code payload} (with an array) behind the header.
     *
     * @return its length: equal to the payload's if it is stored raw, less otherwise
     */
    int compress(ByteBuffer payload) {
      int length = payload.remaining();
      byte[] source = payload.array();
      int from = payload.arrayOffset() + payload.position();
      int bound = (int) Zstd.compressBound(length);
      reserve(bound);
      if (length > 0) {
        int stored =
            context.compressByteArray(
                record, PackFormat.RECORD_HEADER_BYTES, bound, source, from, length);
        // A gain below three percent is not worth a decompression at every read.
        if (stored < length - (length >> 5)) {
          return stored;
        }
      }
      System.arraycopy(source, from, record, PackFormat.RECORD_HEADER_BYTES, length);
      return length;
    }

    /** Puts stored bytes as they are behind the header. */
    void copy(ByteBuffer stored) {
      reserve(stored.remaining());
      stored.get(stored.position(), record, PackFormat.RECORD_HEADER_BYTES, stored.remaining());
    }
  }

  /** Lends a workspace; give it back with {@link #release}. */
  Workspace acquire() {
    Workspace workspace = workspaces.poll();
    return workspace != null ? workspace : new Workspace(level);
  }

  void release(Workspace workspace) {
    workspaces.add(workspace);
  }

  /**
   * The payload that {@code stored} encodes; at most {@code lengthBytes} are ever allocated.
   *
   * @param stored read from position to limit; its position stays
   * @param lengthBytes the payload's length, which the caller has checked against the type's limit
   * @throws CorruptObjectException if it does not decode to exactly that many bytes
   */
  public byte[] decode(Encoding encoding, ByteBuffer stored, int lengthBytes)
      throws CorruptObjectException {
    if (encoding == Encoding.RAW) {
      if (stored.remaining() != lengthBytes) {
        throw CorruptObjectException.malformed("raw bytes of another length");
      }
      byte[] copy = new byte[lengthBytes];
      stored.get(stored.position(), copy);
      return copy;
    }
    byte[] source;
    int from;
    if (stored.hasArray()) {
      source = stored.array();
      from = stored.arrayOffset() + stored.position();
    } else {
      source = new byte[stored.remaining()];
      stored.get(stored.position(), source);
      from = 0;
    }
    byte[] payload = new byte[lengthBytes];
    ZstdDecompressCtx pooled = decompressors.poll();
    ZstdDecompressCtx context = pooled != null ? pooled : new ZstdDecompressCtx();
    try {
      int decoded =
          context.decompressByteArray(payload, 0, lengthBytes, source, from, stored.remaining());
      if (decoded != lengthBytes) {
        throw CorruptObjectException.malformed(
            "it decompresses to " + decoded + " bytes instead of " + lengthBytes);
      }
      return payload;
    } catch (ZstdException e) {
      throw CorruptObjectException.malformed("it does not decompress: " + e.getMessage());
    } finally {
      decompressors.add(context);
    }
  }

  /** Frees native memory of contexts that nobody uses. */
  @Override
  public void close() {
    for (Workspace w = workspaces.poll(); w != null; w = workspaces.poll()) {
      w.context.close();
    }
    for (ZstdDecompressCtx c = decompressors.poll(); c != null; c = decompressors.poll()) {
      c.close();
    }
  }
}
