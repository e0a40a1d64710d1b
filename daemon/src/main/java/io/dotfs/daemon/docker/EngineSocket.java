package io.dotfs.daemon.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request after another to an engine, each on a connection of its own and in HTTP/1.0, whose
 * answers end with the connection. Thread safe.
 */
final class EngineSocket implements AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 64 << 20;

  private final Path socket;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "engine-watch");
            thread.setDaemon(true);
            return thread;
          });

  EngineSocket(Path socket) {
    this.socket = socket;
  }

  /** An answer, whatever its status; never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, byte[] body) {
    boolean isGood() {
      return status >= 200 && status < 400;
    }

    /** What the engine says is wrong. */
    String message() throws IOException {
      return JsonTree.object(body).text("message").orElse("HTTP status " + status).strip();
    }
  }

  /**
   * Asks.
   *
   * @throws SocketTimeoutException if the answer is not there in time
   */
  Answer ask(String method, String target, Duration timeout) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ScheduledFuture<?> end =
          watch.schedule(() -> close(channel), timeout.toMillis(), TimeUnit.MILLISECONDS);
      try {
        String head = method + " " + target + " HTTP/1.0\r\nContent-Length: 0\r\n\r\n";
        ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        return answer(Channels.newInputStream(channel));
      } catch (AsynchronousCloseException e) {
        SocketTimeoutException late =
            new SocketTimeoutException("the container engine does not answer at " + socket);
        late.initCause(e);
        throw late;
      } finally {
        end.cancel(false);
      }
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Answer answer(InputStream in) throws IOException {
    byte[] all = in.readNBytes(MAX_ANSWER_BYTES);
    int end = 0;
    while (end + 4 <= all.length
        && !(all[end] == '\r'
            && all[end + 1] == '\n'
            && all[end + 2] == '\r'
            && all[end + 3] == '\n')) {
      end++;
    }
    String head = new String(all, 0, Math.min(end, all.length), StandardCharsets.ISO_8859_1);
    if (!head.matches("(?s)HTTP/1\\.[01] [0-9]{3}.*") || end + 4 > all.length) {
      throw new IOException("the container engine's answer is not HTTP");
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(all, end + 4, all.length - end - 4);
    return new Answer(Integer.parseInt(head.substring(9, 12)), body.toByteArray());
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
