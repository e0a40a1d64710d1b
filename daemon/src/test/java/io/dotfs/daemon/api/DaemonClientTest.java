package io.dotfs.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.api.ArchiveMessages.ImportRequest;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonClientTest {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";

  @TempDir Path directory;
  private final ExecutorService daemon = Executors.newSingleThreadExecutor();
  private final List<Boolean> revivals = new ArrayList<>();
  private Path socket;
  private ServerSocketChannel server;
  private DaemonClient client;

  @BeforeEach
  void listen() throws Exception {
    socket = directory.resolve("s.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    client = new DaemonClient(socket, revivals::add);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    daemon.shutdownNow();
  }

  @Test
  void aRequestThatNobodyReadIsSentAgain() throws Exception {
    Future<Integer> calls =
        daemon.submit(
            () -> {
              dieUnread();
              answer("{}");
              dieUnread();
              answer("{}");
              return 4;
            });
    client.shutdown();
    client.shutdown();
    assertThat(calls.get()).isEqualTo(4);
    assertThat(revivals).as("whether nothing was done before").containsExactly(true, false);
  }

  @Test
  void aRequestThatWasReadIsNotSentAgain() throws Exception {
    Future<String> read = daemon.submit(this::dieAfterReading);
    assertThatThrownBy(() -> client.init(new InitRequest("x")))
        .isInstanceOfSatisfying(
            DaemonException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DAEMON_UNREACHABLE))
        .hasMessageContaining("lost the connection");
    assertThat(read.get()).contains("x");
    assertThat(revivals).isEmpty();
  }

  @Test
  void bytesThatWereSentAreNotSentAgain() throws Exception {
    Future<Integer> death =
        daemon.submit(
            () -> {
              dieUnread();
              return 1;
            });
    assertThatThrownBy(
            () ->
                new DaemonClient(socket)
                    .importTar(
                        new ImportRequest("x", "m", Map.of(), Optional.empty(), false),
                        out -> out.write(new byte[1 << 20]),
                        ProgressListener.NONE))
        .isInstanceOf(DaemonException.class)
        .hasMessageContaining("lost the connection");
    assertThat(death.get()).isEqualTo(1);
  }

  @Test
  void daemonsThatDieAgainAndAgainAreGivenUp() throws Exception {
    Future<Integer> deaths =
        daemon.submit(
            () -> {
              for (int n = 0; n < 3; n++) {
                dieUnread();
              }
              return 3;
            });
    assertThatThrownBy(() -> client.ping())
        .isInstanceOf(DaemonException.class)
        .hasMessageContaining("lost the connection");
    assertThat(deaths.get()).isEqualTo(3);
    assertThat(revivals).containsExactly(true, true);
  }

  @Test
  void withoutARevivalNobodyAnswers() throws Exception {
    Future<Integer> death =
        daemon.submit(
            () -> {
              dieUnread();
              return 1;
            });
    assertThatThrownBy(() -> new DaemonClient(socket).ping())
        .isInstanceOf(DaemonException.class)
        .hasMessageContaining("no daemon answers");
    assertThat(death.get()).isEqualTo(1);
  }

  /** Once the request has come, hangs up with most of it unread. */
  private void dieUnread() throws IOException {
    try (SocketChannel connection = server.accept()) {
      assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  private String dieAfterReading() throws IOException {
    try (SocketChannel connection = server.accept()) {
      return whole(connection);
    }
  }

  private void answer(String body) throws IOException {
    try (SocketChannel connection = server.accept()) {
      whole(connection);
      ByteBuffer bytes = ByteBuffer.wrap((ANSWER + body).getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        connection.write(bytes);
      }
    }
  }

  /** Reads a request to the end of its JSON body. */
  private static String whole(SocketChannel connection) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(1024);
    while (!text.toString().endsWith("}") && connection.read(bytes) >= 0) {
      text.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
      bytes.clear();
    }
    return text.toString();
  }
}
