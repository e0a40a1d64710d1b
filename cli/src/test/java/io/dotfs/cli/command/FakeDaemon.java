package io.dotfs.cli.command;

import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.RecordJson;
import io.dotfs.daemon.api.Verb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Answers requests of the control protocol with records that a test prepares, and remembers what
 * was asked.
 */
final class FakeDaemon implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Thread thread;
  private final Map<Verb, Answer> answers = new EnumMap<>(Verb.class);
  private final List<String> requests = new ArrayList<>();

  private record Answer(int status, Record body) {}

  FakeDaemon(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(this::serve, "fake-daemon");
    thread.setDaemon(true);
    thread.start();
  }

  /** What to answer from now on. */
  synchronized void answers(Verb verb, Record reply) {
    answers.put(verb, new Answer(200, reply));
  }

  /** What to fail with from now on. */
  synchronized void fails(Verb verb, ErrorRecord error) {
    answers.put(verb, new Answer(400, error));
  }

  /** What was asked so far, each {@code verb {json}}. */
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void serve() {
    try {
      while (true) {
        try (SocketChannel channel = server.accept()) {
          answer(channel);
        }
      }
    } catch (ClosedChannelException e) {
      return; // the test is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    InputStream in = Channels.newInputStream(channel);
    String head = line(in);
    if (head.isEmpty()) {
      return; // only looked whether somebody listens
    }
    int length = 0;
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      if (field.startsWith("Content-Length: ")) {
        length = Integer.parseInt(field.substring("Content-Length: ".length()));
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    String path = head.split(" ", -1)[1].substring("/v1/".length());
    Verb verb = Verb.valueOf(path.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
    Answer answer;
    synchronized (this) {
      requests.add(path + " " + body);
      answer = answers.get(verb);
    }
    if (answer == null) {
      throw new IllegalStateException("no answer prepared for " + verb);
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RecordJson.write(json, answer.body());
    String header =
        "HTTP/1.1 "
            + answer.status()
            + " X\r\nContent-Type: application/json\r\nContent-Length: "
            + json.size()
            + "\r\n\r\n";
    channel.write(ByteBuffer.wrap(header.getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer bytes = ByteBuffer.wrap(json.toByteArray());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    server.close();
    thread.join();
  }
}
