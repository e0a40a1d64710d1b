package io.dotfs.daemon.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.dots.Containers.Container;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of an engine, and what is made of its answers. */
@Timeout(300)
class EngineTest {
  private static final Container WEB =
      new Container("c1", "/web", "box", "sha256:1", Set.of("/home/volumes/app.db"));

  @TempDir Path directory;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final Queue<String> answers = new ConcurrentLinkedQueue<>();
  private final List<SocketChannel> held = Collections.synchronizedList(new ArrayList<>());
  private ServerSocketChannel server;
  private Thread serving;
  private Engine engine;

  @BeforeEach
  void start() throws Exception {
    Path socket = directory.resolve("docker.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    serving = new Thread(this::serve);
    serving.start();
    engine = new Engine(socket, Optional.of("dm"), Path.of("/home"));
  }

  /** One answer a connection; where there is none left, the connection is held without a word. */
  private void serve() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        ByteBuffer request = ByteBuffer.allocate(4096);
        channel.read(request);
        asked.add(new String(request.array(), StandardCharsets.UTF_8).split(" HTTP", 2)[0]);
        String answer = answers.poll();
        if (answer == null) {
          held.add(channel);
        } else {
          channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
          channel.close();
        }
      }
    } catch (IOException e) {
      asked.add("closed");
    }
  }

  @AfterEach
  void stop() throws Exception {
    engine.close();
    server.close();
    serving.join();
    for (SocketChannel channel : new ArrayDeque<>(held)) {
      channel.close();
    }
  }

  private void answers(int status, String body) {
    answers.add("HTTP/1.0 " + status + " X\r\nContent-Type: application/json\r\n\r\n" + body);
  }

  @Test
  void containersAreToldWithWhereTheirDataIs() {
    answers(
        200,
        "[{\"Id\":\"c1\",\"Names\":[\"/web\",\"/other/alias\"],\"Image\":\"box\",\"ImageID\":\"sha256:1\","
            + "\"Mounts\":[{\"Driver\":\"dm\",\"Name\":\"app.db\",\"Source\":\"\"},"
            + "{\"Driver\":\"other\",\"Name\":\"x\",\"Source\":\"\"},{\"Type\":\"bind\",\"Source\":\"/srv\"}]}]");
    List<Container> running = engine.running();
    assertThat(asked).containsExactly("GET /containers/json");
    assertThat(running).hasSize(1);
    assertThat(running.get(0).name()).isEqualTo("/web");
    assertThat(running.get(0).sources()).containsExactlyInAnyOrder("/home/volumes/app.db", "/srv");
  }

  @Test
  void anEngineThatFailsOrIsSilentHasNoContainers() {
    answers(500, "{\"message\":\"no\"}");
    assertThat(engine.running()).isEmpty();
    answers.add("rubbish");
    assertThat(engine.running()).isEmpty();
    assertThat(engine.running()).isEmpty(); // no answer at all
    assertThat(asked).hasSize(3);
  }

  @Test
  void aStopThatIsRefusedSaysWhy() {
    answers(404, "{\"message\":\"No such container: c1\"}");
    assertThatThrownBy(() -> engine.stop(WEB)).hasMessage("No such container: c1");
    assertThat(asked).containsExactly("POST /containers/c1/stop");
  }

  @Test
  void aStartWaitsForHealth() throws Exception {
    answers(204, "");
    answers(200, "{\"State\":{\"Running\":true,\"Health\":{\"Status\":\"starting\"}}}");
    answers(200, "{\"State\":{\"Running\":true,\"Health\":{\"Status\":\"healthy\"}}}");
    assertThat(engine.start(WEB)).isEmpty();
    answers(204, "");
    answers(200, "{\"State\":{\"Running\":true,\"Health\":{\"Status\":\"unhealthy\"}}}");
    assertThat(engine.start(WEB)).contains("its health is 'unhealthy'");
  }

  @Test
  void aStartSaysWhatEndedAtOnce() throws Exception {
    answers(204, "");
    answers(200, "{\"State\":{\"Running\":true}}");
    answers(200, "{\"StatusCode\":3}");
    answers(200, "{\"State\":{\"Running\":false,\"ExitCode\":3}}");
    assertThat(engine.start(WEB)).contains("it ended with status 3 (docker logs web)");
    assertThat(asked)
        .containsExactly(
            "POST /containers/c1/start",
            "GET /containers/c1/json",
            "POST /containers/c1/wait?condition=not-running",
            "GET /containers/c1/json");
  }

  @Test
  void oneThatGoesOnRunningIsUp() throws Exception {
    answers(204, "");
    answers(200, "{\"State\":{\"Running\":true}}");
    assertThat(engine.start(WEB)).isEmpty(); // the wait is not answered
  }
}
