package io.dotfs.daemon.api;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Bytes beside records. What a client sends: the length of its request (4 bytes, big-endian), the
 * request, the bytes up to the end of the body. What a daemon sends: frames, each with its length
 * (4 bytes, big-endian), one of no length, and then an event stream with the answer.
 */
public final class ByteStreams {
  /** Content type of an answer of this kind. */
  public static final String CONTENT_TYPE = "application/x-dotfs-bytes";

  private static final int MAX_REQUEST_BYTES = 4 << 20;
  private static final int FRAME_BYTES = 1 << 16;

  private ByteStreams() {}

  /** Where bytes come from that a client sends. */
  @FunctionalInterface
  public interface Source {
    /**
     * Writes all of them.
     *
     * @throws IOException if they cannot be had: the request is broken off
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /** The request at the beginning of a body. */
  public static InputStream readRequest(InputStream body) throws IOException {
    DataInputStream in = new DataInputStream(body);
    int length = in.readInt();
    if (length < 0 || length > MAX_REQUEST_BYTES) {
      throw new IOException("a request of " + length + " bytes");
    }
    byte[] request = new byte[length];
    in.readFully(request);
    return new ByteArrayInputStream(request);
  }

  static void writeRequest(OutputStream out, Record request) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RecordJson.write(json, request);
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(json.size());
    json.writeTo(data);
    data.flush();
  }

  /** Puts bytes into frames. The stream beneath stays open. One thread. */
  public static final class Frames extends OutputStream {
    private final DataOutputStream out;
    private final byte[] frame = new byte[FRAME_BYTES];
    private int length;

    public Frames(OutputStream out) {
      this.out = new DataOutputStream(out);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      for (int done = 0; done < count; ) {
        int part = Math.min(count - done, frame.length - length);
        System.arraycopy(bytes, offset + done, frame, length, part);
        length += part;
        done += part;
        if (length == frame.length) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      if (length > 0) {
        out.writeInt(length);
        out.write(frame, 0, length);
        length = 0;
      }
      out.flush();
    }

    /** Says that there are no more. */
    public void end() throws IOException {
      flush();
      out.writeInt(0);
      out.flush();
    }
  }

  /** Copies the bytes of frames up to their end. */
  static void readFrames(InputStream in, OutputStream target) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] frame = new byte[FRAME_BYTES];
    for (int length = data.readInt(); length != 0; length = data.readInt()) {
      if (length < 0 || length > frame.length) {
        throw new IOException("a frame of " + length + " bytes");
      }
      data.readFully(frame, 0, length);
      target.write(frame, 0, length);
    }
  }
}
