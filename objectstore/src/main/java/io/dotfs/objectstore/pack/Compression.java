package io.dotfs.objectstore.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.dotfs.objectstore.error.CorruptObjectException;
import io.dotfs.objectstore.error.MissingObjectException;
import io.dotfs.objectstore.error.StoreException;
import io.dotfs.objectstore.object.ObjectId;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.DeltaBases;
import io.dotfs.objectstore.store.Encoding;
import io.dotfs.objectstore.store.StoredObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Zstandard contexts and buffers, reused. There are as many as threads that ever compressed or
 * decompressed at once, so that threads may come and go. Any number of threads may use it.
 */
public final class Compression implements AutoCloseable {
  /** Where most of a payload is in its prefix, higher levels find no more of it. */
  private static final int DELTA_LEVEL = 1;

  private static final int ZSTD_DICTIONARY_MAGIC = 0xEC30A437;

  private final int level;
  private final Queue<Workspace> workspaces = new ConcurrentLinkedQueue<>();
  private final Queue<ZstdDecompressCtx> decompressors = new ConcurrentLinkedQueue<>();

  /** Those that have a dictionary loaded. */
  private final Queue<ZstdDecompressCtx> deltaDecompressors = new ConcurrentLinkedQueue<>();

  /** Compresses at zstd {@code level}. */
  public Compression(int level) {
    this.level = level;
  }

  /** One thread's context and buffers for building a record. */
  static final class Workspace {
    private final ZstdCompressCtx context;
    private final ZstdCompressCtx deltaContext;
    private byte[] delta = new byte[20 << 10];
    private byte[] input = new byte[16 << 10];
    private byte[] record = new byte[PackFormat.RECORD_HEADER_BYTES + (20 << 10)];

    private Workspace(int level) {
      context = new ZstdCompressCtx().setLevel(level);
      deltaContext = new ZstdCompressCtx().setLevel(Math.min(level, DELTA_LEVEL));
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

    /**
     * Makes the difference of {@code payload} (with an array) to {@code base}, and keeps it for
     * {@link #takeDelta}.
     *
     * @return length of the stored form
     */
    int compressDelta(ByteBuffer payload, byte[] base) {
      int length = payload.remaining();
      int bound = (int) Zstd.compressBound(length);
      if (delta.length < bound) {
        delta = new byte[bound];
      }
      deltaContext.loadDict(base);
      return ObjectId.BYTES
          + deltaContext.compressByteArray(
              delta, 0, bound, payload.array(), payload.arrayOffset() + payload.position(), length);
    }

    /** Puts the last difference, whose stored form has {@code stored} bytes, behind the header. */
    void takeDelta(ObjectId base, int stored) {
      reserve(stored);
      base.writeTo(ByteBuffer.wrap(record, PackFormat.RECORD_HEADER_BYTES, ObjectId.BYTES));
      System.arraycopy(
          delta,
          0,
          record,
          PackFormat.RECORD_HEADER_BYTES + ObjectId.BYTES,
          stored - ObjectId.BYTES);
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
   * Whether a payload can be the base of a delta: zstd takes one that begins like one of its
   * dictionaries for that, and not for a prefix.
   */
  static boolean canBeBase(byte[] payload) {
    return payload.length > 0
        && !(payload.length >= Integer.BYTES
            && ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt()
                == ZSTD_DICTIONARY_MAGIC);
  }

  /** A stored form of {@code payload} that stands by itself. */
  public StoredObject encode(ObjectId id, ObjectType type, byte[] payload) {
    Workspace workspace = acquire();
    try {
      int stored = workspace.compress(ByteBuffer.wrap(payload));
      byte[] bytes =
          Arrays.copyOfRange(
              workspace.record(),
              PackFormat.RECORD_HEADER_BYTES,
              PackFormat.RECORD_HEADER_BYTES + stored);
      Encoding encoding = stored < payload.length ? Encoding.ZSTD : Encoding.RAW;
      return new StoredObject(id, type, payload.length, encoding, ByteBuffer.wrap(bytes));
    } finally {
      release(workspace);
    }
  }

  /**
   * The payload of {@code object}; at most its length is ever allocated.
   *
   * @param bases asked for the payload of the base if it is a delta
   * @throws CorruptObjectException if it does not decode to exactly its length
   */
  public byte[] decode(StoredObject object, DeltaBases bases) throws StoreException {
    Optional<ObjectId> base = object.base();
    if (base.isEmpty()) {
      return decode(object.encoding(), object.bytes(), object.lengthBytes());
    }
    byte[] prefix;
    try {
      prefix = bases.payload(base.get(), object.type());
    } catch (MissingObjectException e) {
      throw CorruptObjectException.malformed("its base, object " + base.get() + ", is missing");
    } catch (CorruptObjectException e) {
      throw CorruptObjectException.malformed(
          "it is a difference to another one: " + e.getMessage());
    }
    if (!canBeBase(prefix)) {
      throw CorruptObjectException.malformed("its base cannot be one");
    }
    ByteBuffer frame = object.bytes();
    frame.position(frame.position() + ObjectId.BYTES);
    ZstdDecompressCtx pooled = deltaDecompressors.poll();
    ZstdDecompressCtx context = pooled != null ? pooled : new ZstdDecompressCtx();
    try {
      context.loadDict(prefix);
      return decompress(context, frame, object.lengthBytes());
    } finally {
      deltaDecompressors.add(context);
    }
  }

  /**
   * The payload that {@code stored} encodes; at most {@code lengthBytes} are ever allocated.
   *
   * @param stored read from position to limit; its position stays
   * @param lengthBytes the payload's length, which the caller has checked against the type's limit
   * @throws CorruptObjectException if it does not decode to exactly that many bytes
   */
  private byte[] decode(Encoding encoding, ByteBuffer stored, int lengthBytes)
      throws CorruptObjectException {
    if (encoding == Encoding.RAW) {
      if (stored.remaining() != lengthBytes) {
        throw CorruptObjectException.malformed("raw bytes of another length");
      }
      byte[] copy = new byte[lengthBytes];
      stored.get(stored.position(), copy);
      return copy;
    }
    ZstdDecompressCtx pooled = decompressors.poll();
    ZstdDecompressCtx context = pooled != null ? pooled : new ZstdDecompressCtx();
    try {
      return decompress(context, stored, lengthBytes);
    } finally {
      decompressors.add(context);
    }
  }

  private static byte[] decompress(ZstdDecompressCtx context, ByteBuffer stored, int lengthBytes)
      throws CorruptObjectException {
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
    }
  }

  /** Frees native memory of contexts that nobody uses. */
  @Override
  public void close() {
    for (Workspace w = workspaces.poll(); w != null; w = workspaces.poll()) {
      w.context.close();
      w.deltaContext.close();
    }
    for (ZstdDecompressCtx c = decompressors.poll(); c != null; c = decompressors.poll()) {
      c.close();
    }
    for (ZstdDecompressCtx c = deltaDecompressors.poll();
        c != null;
        c = deltaDecompressors.poll()) {
      c.close();
    }
  }
}
