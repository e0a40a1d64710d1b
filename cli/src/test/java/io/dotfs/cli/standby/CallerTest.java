package io.dotfs.cli.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One connection of the thin client, spoken by hand. */
@Timeout(300)
class CallerTest {
  /** Short, since a socket's path may have 100 bytes only. */
  private Path home;

  private ServerSocketChannel server;
  private ServerSocketChannel daemon;
  private final List<Path> daemonsUsed = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  @BeforeEach
  void open() throws Exception {
    home = Files.createTempDirectory(Path.of("/tmp"), "sb");
    server = listen("standby.sock");
    daemon = listen("daemon.sock");
  }

  private ServerSocketChannel listen(String name) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(home.resolve(name)));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    daemon.close();
    for (String name : List.of("standby.sock", "daemon.sock")) {
      Files.deleteIfExists(home.resolve(name));
    }
    Files.delete(home);
  }

  private SocketChannel call(byte[] message) throws Exception {
    SocketChannel client =
        SocketChannel.open(UnixDomainSocketAddress.of(home.resolve("standby.sock")));
    SocketChannel accepted = server.accept();
    Thread thread =
        new Thread(
            () -> {
              try {
                new Caller(accepted, daemonsUsed::add).serve();
              } catch (IOException e) {
                assertThat(e).isNotNull(); // the client sees the connection end
              } finally {
                ended.countDown();
              }
            });
    thread.setDaemon(true);
    thread.start();
    client.write(ByteBuffer.wrap(message));
    return client;
  }

  private static byte[] message(String... strings) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String string : strings) {
      body.write(string.getBytes(StandardCharsets.ISO_8859_1));
      body.write(0);
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    new DataOutputStream(message).writeInt(body.size());
    body.writeTo(message);
    return message.toByteArray();
  }

  private byte[] words(String... words) throws IOException {
    List<String> strings = new ArrayList<>(List.of("1", "", "/", Integer.toString(words.length)));
    strings.addAll(List.of(words));
    strings.add("DM_HOME=" + home);
    return message(strings.toArray(String[]::new));
  }

  /** The whole answer: the frames' letters with their text, lengths left out. */
  private static String answer(SocketChannel client) throws IOException {
    StringBuilder frames = new StringBuilder();
    try (client) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(client));
      for (int kind = in.read(); kind >= 0; kind = in.read()) {
        byte[] payload = in.readNBytes(in.readInt());
        String text = kind == 'X' ? "" + payload[0] : new String(payload, StandardCharsets.UTF_8);
        frames.append((char) kind).append('(').append(text).append(')');
      }
    }
    return frames.toString();
  }

  @Test
  void aCommandIsAnsweredWithItsOutputAndStatus() throws Exception {
    assertThat(answer(call(words("no-such-verb"))))
        .isEqualTo(
            "A()E(dm: unknown command 'no-such-verb'\n)E(hint: dm --help lists the commands\n)X(2)");
    assertThat(answer(call(words("list", "--help"))))
        .startsWith("A()O(Usage: dm list")
        .endsWith("X(0)");
  }

  @Test
  void whatNeedsAProcessOfItsOwnIsDeclined() throws Exception {
    for (String line :
        List.of("dot delete x", "version", "doctor", "daemon stop", "remote add a b@c")) {
      assertThat(answer(call(words(line.split(" "))))).as(line).isEqualTo("A()N()");
    }
    assertThat(daemonsUsed).isEmpty();
  }

  @Test
  void aCommandThatWouldStartTheDaemonIsDeclined() throws Exception {
    daemon.close();
    assertThat(answer(call(words("list")))).isEqualTo("A()N()");
    assertThat(daemonsUsed).isEmpty();
  }

  @Test
  void aCallerThatGoesAwayCancelsItsCommand() throws Exception {
    SocketChannel client = call(words("status"));
    try (SocketChannel probe = daemon.accept();
        SocketChannel request = daemon.accept()) {
      assertThat(probe.isOpen()).isTrue();
      InputStream in = Channels.newInputStream(request);
      assertThat(in.read()).isEqualTo('P');
      assertThat(daemonsUsed).containsExactly(home.resolve("daemon.sock"));
      client.close();
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(in.readAllBytes()).as("the request, up to its end").isNotEmpty();
    }
  }

  @Test
  void aCallOfAnotherProtocolIsNotAnswered() throws Exception {
    assertThat(answer(call(message("2", "", "/", "1", "list")))).isEmpty();
    assertThat(answer(call(message("1", "", "/", "9", "list")))).isEmpty();
    assertThat(answer(call(message("1", "", "/", "many", "list")))).isEmpty();
    assertThat(answer(call(new byte[] {0x7f, 0, 0, 0}))).isEmpty();
  }

  @Test
  void wordsAndEnvironmentArriveAsTheyWere() throws Exception {
    byte[] message = message("1", "io", "/a b", "2", "log", "\u00ff", "A=1=2", "A=3", "=x", "B=");
    Call call = Call.read(new DataInputStream(new ByteArrayInputStream(message)));
    assertThat(call)
        .isEqualTo(
            new Call("io", Path.of("/a b"), List.of("log", "\udcff"), Map.of("A", "1=2", "B", "")));
    message[message.length - 1] = 'x';
    assertThatThrownBy(() -> Call.read(new DataInputStream(new ByteArrayInputStream(message))))
        .isInstanceOf(IOException.class)
        .hasMessage("a string without end");
  }
}
