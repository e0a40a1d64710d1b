package io.dotfs.packstream.wire;

import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.packstream.DotName;
import io.dotfs.packstream.TransferException;
import io.dotfs.packstream.TransferException.CorruptTransfer;
import io.dotfs.packstream.TransferException.Unreachable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** What both kinds of stream readers share: exact reads, the prelude, the error frame. */
final class FrameReader {
  private final InputStream source;
  private final MessageKind kind;
  private final DotName dot;
  private boolean begun;

  FrameReader(InputStream source, MessageKind kind, DotName dot) {
    this.source = source;
    this.kind = kind;
    this.dot = dot;
  }

  /**
   * The tag of the next frame; an error frame is thrown as what it says.
   *
   * @throws Unreachable if the stream breaks off
   */
  int tag() throws TransferException {
    if (!begun) {
      ByteBuffer prelude = exactly(Frames.PRELUDE_BYTES, 0);
      Envelope.check(prelude.getInt(0), prelude.get(4) & 0xff, prelude.get(5) & 0xff, kind);
      begun = true;
    }
    int tag = exactly(1, 0).get(0) & 0xff;
    if (tag == Frames.ERROR) {
      int length = exactly(4, 0).getInt(0);
      if (length < 0 || length > WireLimits.MAX_MESSAGE_BYTES) {
        throw new CorruptTransfer("a message of " + Integer.toUnsignedString(length) + " bytes");
      }
      throw ErrorCodec.decode(exactly(length, 0).array(), dot);
    }
    return tag;
  }

  /** The rest of a frame of {@code bytes} whose tag was read: a buffer that begins with the tag. */
  ByteBuffer rest(int tag, int bytes) throws TransferException {
    return exactly(bytes, 1).put(0, (byte) tag);
  }

  /** Exactly {@code length} bytes, the first {@code skip} of which are left zero and not read. */
  ByteBuffer exactly(int length, int skip) throws TransferException {
    byte[] bytes = new byte[length];
    try {
      int read = source.readNBytes(bytes, skip, length - skip);
      if (read < length - skip) {
        throw new Unreachable("the connection broke in the middle of the transfer");
      }
    } catch (IOException e) {
      throw new Unreachable("the connection broke in the middle of the transfer", e);
    }
    return ByteBuffer.wrap(bytes);
  }

  static ObjectType type(int code) throws CorruptTransfer {
    if (!ObjectType.isCode(code)) {
      throw new CorruptTransfer("an object of type " + code);
    }
    return ObjectType.ofCode(code);
  }

  /** Closes the source; that it cannot be closed concerns nobody who has read what he wanted. */
  void close() {
    try {
      source.close();
    } catch (IOException e) {
      begun = true;
    }
  }
}
