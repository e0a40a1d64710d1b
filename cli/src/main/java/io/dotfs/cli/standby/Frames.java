package io.dotfs.cli.standby;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** The answer to a caller: a row of frames. For the command's thread. */
final class Frames {
  /** What a frame is. */
  enum Kind {
    ACCEPTED('A'),
    DECLINED('N'),
    OUTPUT('O'),
    ERROR('E'),
    PAGER('P'),
    PAGER_END('Q'),
    EXIT('X');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  private static final int HEAD = 5;
  private static final int MAX_PAYLOAD = 1 << 16;

  private final WritableByteChannel channel;
  private final ByteBuffer frame = ByteBuffer.allocate(HEAD + MAX_PAYLOAD);
  private boolean printed;

  Frames(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** Returns whether the caller has been given anything to print. */
  boolean printed() {
    return printed;
  }

  /** Sends bytes, in as many frames of the kind as they need; one if there are none. */
  void send(Kind kind, byte[] bytes, int offset, int length) throws IOException {
    printed |= kind == Kind.OUTPUT || kind == Kind.ERROR || kind == Kind.PAGER;
    int sent = 0;
    do {
      int part = Math.min(length - sent, MAX_PAYLOAD);
      frame.clear().put((byte) kind.letter).putInt(part).put(bytes, offset + sent, part).flip();
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
      sent += part;
    } while (sent < length);
  }

  void send(Kind kind, byte... bytes) throws IOException {
    send(kind, bytes, 0, bytes.length);
  }

  void send(Kind kind, String text) throws IOException {
    send(kind, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A stream whose writes become frames at once. */
  OutputStream stream(Kind kind) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        send(kind, (byte) one);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
          send(kind, bytes, offset, length);
        }
      }
    };
  }
}
