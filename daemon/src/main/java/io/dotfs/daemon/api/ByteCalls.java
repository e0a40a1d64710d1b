package io.dotfs.daemon.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The client's side of {@link ByteStreams}. Failures of the caller's own streams are told apart
 * from those of the connection.
 */
final class ByteCalls {
  private static final int CHUNK_BYTES = 1 << 16;

  private ByteCalls() {}

  /** A failure of the stream that the caller gave. */
  static final class OwnStreamException extends Exception {
    private static final long serialVersionUID = 1L;
    private final IOException failure;

    OwnStreamException(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException failure() {
      return failure;
    }
  }

  /** Sends a request and bytes, while the answer is read: it may come before the bytes end. */
  static <R extends Record> R upload(
      SocketChannel channel,
      Verb verb,
      Record request,
      ByteStreams.Source source,
      Class<R> reply,
      ProgressListener listener)
      throws IOException, DaemonException, OwnStreamException {
    write(channel, head(verb) + "Transfer-Encoding: chunked\r\n\r\n");
    Sender sender = new Sender(channel, request, source);
    Thread thread = new Thread(sender, "upload");
    thread.setDaemon(true);
    thread.start();
    try {
      return HttpAnswer.read(channel, reply, listener);
    } catch (UnreadRequestException e) {
      // Some of it was read, of the request and of the source, which does not begin again.
      if (sender.failure.isPresent()) {
        throw new OwnStreamException(sender.failure.get());
      }
      throw new IOException(e.getMessage(), e);
    } catch (IOException | DaemonException e) {
      // The daemon fails as well where the source broke off, but knows less about it.
      if (sender.failure.isPresent()) {
        throw new OwnStreamException(sender.failure.get());
      }
      throw e;
    }
  }

  /** Sends everything; a failure of the source hangs up: a part is not taken for the whole. */
  private static final class Sender implements Runnable {
    private final SocketChannel channel;
    private final Record request;
    private final ByteStreams.Source source;
    private volatile Optional<IOException> failure = Optional.empty();

    Sender(SocketChannel channel, Record request, ByteStreams.Source source) {
      this.channel = channel;
      this.request = request;
      this.source = source;
    }

    @Override
    public void run() {
      Chunks chunks = new Chunks(channel);
      try {
        OutputStream out = new BufferedOutputStream(chunks, CHUNK_BYTES);
        ByteStreams.writeRequest(out, request);
        source.writeTo(out);
        out.flush();
        chunks.end();
      } catch (IOException e) {
        if (chunks.broken) {
          return; // the daemon has answered, or has gone: whoever reads finds out
        }
        failure = Optional.of(e);
        try {
          channel.shutdownOutput();
        } catch (IOException closing) {
          e.addSuppressed(closing);
        }
      }
    }
  }

  /** A body in chunks (RFC 9112, 7.1). */
  private static final class Chunks extends OutputStream {
    private final SocketChannel channel;
    private volatile boolean broken;

    Chunks(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        send(Integer.toHexString(length) + "\r\n");
        send(ByteBuffer.wrap(bytes, offset, length));
        send("\r\n");
      }
    }

    void end() throws IOException {
      send("0\r\n\r\n");
    }

    private void send(String text) throws IOException {
      send(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private void send(ByteBuffer bytes) throws IOException {
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        broken = true;
        throw e;
      }
    }
  }

  /** Sends a request, copies the bytes that come, and reads the answer behind them. */
  static <R extends Record> R download(
      SocketChannel channel, Verb verb, Record request, OutputStream target, Class<R> reply)
      throws IOException, DaemonException, OwnStreamException {
    DaemonClient.send(channel, verb, request);
    InputStream in = HttpAnswer.bytes(channel);
    Target guarded = new Target(target);
    try {
      ByteStreams.readFrames(in, guarded);
      guarded.flush();
    } catch (IOException e) {
      if (guarded.failure.isPresent()) {
        throw new OwnStreamException(guarded.failure.get());
      }
      throw e;
    }
    return EventWriter.read(in, reply, ProgressListener.NONE);
  }

  /** Keeps the failure of the caller's stream. */
  private static final class Target extends OutputStream {
    private final OutputStream out;
    private Optional<IOException> failure = Optional.empty();

    Target(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }
  }

  static String head(Verb verb) {
    return "POST /v1/" + verb.path() + " HTTP/1.1\r\nHost: dotfs\r\nConnection: close\r\n";
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
