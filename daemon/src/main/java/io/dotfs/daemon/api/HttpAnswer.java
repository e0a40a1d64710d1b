package io.dotfs.daemon.api;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * Just enough of HTTP/1.1's answers (RFC 9112): a status line, header fields, and a body that is
 * chunked, counted or ends with the connection.
 */
final class HttpAnswer {
  private static final int MAX_LINE = 8192;
  private static final int MAX_FIELDS = 100;
  private static final int UNTIL_CLOSE = -1;

  private final InputStream body;
  private final String contentType;

  private HttpAnswer(InputStream body, String contentType) {
    this.body = body;
    this.contentType = contentType;
  }

  static <R extends Record> R read(SocketChannel channel, Class<R> type, ProgressListener listener)
      throws IOException, DaemonException {
    HttpAnswer answer = open(channel);
    return answer.contentType.contains(EventWriter.CONTENT_TYPE)
        ? EventWriter.read(answer.body, type, listener)
        : RecordJson.read(answer.body, type);
  }

  /** What comes behind the header of an answer of bytes. */
  static InputStream bytes(SocketChannel channel) throws IOException, DaemonException {
    HttpAnswer answer = open(channel);
    if (!answer.contentType.contains(ByteStreams.CONTENT_TYPE)) {
      throw new IOException("an answer of another kind");
    }
    return answer.body;
  }

  /** Reads the header; a failure that it tells of is thrown. */
  private static HttpAnswer open(SocketChannel channel) throws IOException, DaemonException {
    InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 16384);
    awaitFirst(in);
    int status = status(line(in));
    long length = UNTIL_CLOSE;
    boolean chunked = false;
    String contentType = "";
    int fields = 0;
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      if (++fields > MAX_FIELDS) {
        throw new IOException("too many header fields");
      }
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = number(lower.substring(15).trim(), 10);
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      } else if (lower.startsWith("content-type:")) {
        contentType = lower;
      }
    }
    InputStream body = new Body(in, chunked ? 0 : length, chunked);
    if (status != 200) {
      throw failure(body, status);
    }
    return new HttpAnswer(body, contentType);
  }

  private static void awaitFirst(InputStream in) throws IOException {
    in.mark(1);
    try {
      if (in.read() >= 0) {
        in.reset();
      }
    } catch (SocketException e) {
      throw new UnreadRequestException(e);
    }
  }

  private static DaemonException failure(InputStream body, int status) {
    try {
      return new DaemonException(RecordJson.read(body, ErrorRecord.class));
    } catch (IOException e) {
      return new DaemonException(
          new ErrorRecord(ErrorKind.PROTOCOL, "the daemon answered with HTTP status " + status), e);
    }
  }

  private static int status(String line) throws IOException {
    if (!line.startsWith("HTTP/1.1 ") || line.length() < 12) {
      throw new IOException("not HTTP: " + line);
    }
    return (int) number(line.substring(9, 12), 10);
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long value = Long.parseLong(text, radix);
      if (value < 0) {
        throw new IOException("negative length in answer");
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IOException("bad number in answer: " + text, e);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the answer ends early");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("header line too long");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** The body: ends where its length or its last chunk says, and fails if the bytes end sooner. */
  private static final class Body extends InputStream {
    private final InputStream in;
    private final boolean chunked;
    private long left;
    private boolean first = true;
    private boolean ended;

    Body(InputStream in, long length, boolean chunked) {
      this.in = in;
      this.left = length;
      this.chunked = chunked;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (chunked && left == 0 && !ended) {
        nextChunk();
      }
      if (ended || left == 0) {
        return -1;
      }
      int wanted = left == UNTIL_CLOSE ? length : (int) Math.min(length, left);
      int count = in.read(target, offset, wanted);
      if (count < 0) {
        if (left == UNTIL_CLOSE) {
          return -1;
        }
        throw new EOFException("the answer ends early");
      }
      if (left != UNTIL_CLOSE) {
        left -= count;
      }
      return count;
    }

    private void nextChunk() throws IOException {
      if (!first && !line(in).isEmpty()) {
        throw new IOException("chunk without end");
      }
      first = false;
      String size = line(in);
      int extension = size.indexOf(';');
      left = number((extension < 0 ? size : size.substring(0, extension)).trim(), 16);
      ended = left == 0;
    }
  }
}
