package io.dotfs.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.api.Verb;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
  @TempDir Path directory;
  private ControlServer server;
  private Path socket;
  private DaemonClient client;

  @BeforeEach
  void prepare() {
    socket = directory.resolve("s.sock");
    server = new ControlServer(socket, new Failures());
    client = new DaemonClient(socket);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void anAnswerOfAnySizeComesBack() throws Exception {
    List<DotSummary> dots = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      dots.add(new DotSummary("admin/d" + i, "admin", "d" + i, "master", "x", List.of(), i, 1, 2));
    }
    server.quick(Verb.LIST, ListRequest.class, request -> new ListReply(dots));
    server.start(Optional.empty());
    assertThat(client.list(new ListRequest()).dots()).isEqualTo(dots);
  }

  @Test
  void anErrorKeepsKindMessageAndHint() throws Exception {
    server.quick(
        Verb.INIT,
        InitRequest.class,
        request -> {
          throw new DaemonException(ErrorKind.ALREADY_EXISTS, "there is " + request.dot(), "hint");
        });
    server.start(Optional.empty());
    assertThatThrownBy(() -> client.init(new InitRequest("x")))
        .isInstanceOfSatisfying(
            DaemonException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.ALREADY_EXISTS);
              assertThat(e.error().message()).isEqualTo("there is x");
              assertThat(e.error().hint()).contains("hint");
            });
  }

  @Test
  void aFaultOfOursIsAnInternalErrorWithoutATrace() throws Exception {
    server.quick(
        Verb.INIT,
        InitRequest.class,
        request -> {
          throw new IllegalStateException("a\nb");
        });
    server.start(Optional.empty());
    assertThatThrownBy(() -> client.init(new InitRequest("x")))
        .isInstanceOfSatisfying(
            DaemonException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL))
        .hasMessage("internal error: java.lang.IllegalStateException: a b");
  }

  @Test
  void progressIsSeenWhileTheWorkGoesOn() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    server.streaming(
        Verb.FSCK,
        FsckRequest.class,
        (request, progress) -> {
          progress.progress(new Progress("Checking", "", 1, 2, 0, 0));
          assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
          return new FsckReply(1, 2, 3, List.of());
        });
    server.start(Optional.empty());
    FsckReply reply = client.fsck(new FsckRequest(), progress -> seen.countDown());
    assertThat(reply).isEqualTo(new FsckReply(1, 2, 3, List.of()));
  }

  @Test
  void aStreamEndsWithItsError() throws Exception {
    server.streaming(
        Verb.FSCK,
        FsckRequest.class,
        (request, progress) -> {
          throw new DaemonException(ErrorKind.CORRUPT, "bad");
        });
    server.start(Optional.empty());
    assertThatThrownBy(() -> client.fsck(new FsckRequest(), ProgressListener.NONE))
        .isInstanceOfSatisfying(
            DaemonException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
  }

  @Test
  void workEndsWhenItsClientGoes() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    server.streaming(
        Verb.FSCK,
        FsckRequest.class,
        (request, progress) -> {
          try {
            while (true) {
              progress.progress(new Progress("Checking", "x".repeat(10_000), 1, 2, 0, 0));
            }
          } catch (DaemonException e) {
            assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED);
            cancelled.countDown();
            throw e;
          }
        });
    server.start(Optional.empty());
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      String request = "POST /v1/fsck HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      assertThat(channel.read(ByteBuffer.allocate(100))).isPositive();
    }
    assertThat(cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsBeingWorkedOnEndsBeforeClose() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    server.quick(
        Verb.INIT,
        InitRequest.class,
        request -> {
          working.countDown();
          try {
            new CountDownLatch(1).await();
            return new Done();
          } finally {
            ended.set(true);
          }
        });
    server.start(Optional.empty());
    Thread caller =
        new Thread(
            () ->
                assertThatThrownBy(() -> client.init(new InitRequest("x")))
                    .isInstanceOf(DaemonException.class));
    caller.start();
    assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
    server.close();
    assertThat(ended).isTrue();
    caller.join();
  }

  @Test
  void unknownVerbsAndBadBodiesAreRefused() throws Exception {
    server.quick(Verb.INIT, InitRequest.class, request -> new Done());
    server.start(Optional.empty());
    assertThat(raw("POST /v1/nonsense HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"))
        .startsWith("HTTP/1.1 400")
        .contains("bad-request");
    assertThat(raw("GET /v1/init HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400");
    assertThat(raw("POST /v1/init HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{nope"))
        .startsWith("HTTP/1.1 400");
  }

  private String raw(String request) throws Exception {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(4096);
      assertThat(channel.read(answer)).isPositive();
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void onlyTheOwnerMayConnectAndAStaleSocketIsReplaced() throws Exception {
    Files.writeString(socket, "stale");
    server.quick(Verb.SHUTDOWN, Done.class, request -> new Done());
    server.start(Optional.empty());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(client.shutdown()).isEqualTo(new Done());
  }

  @Test
  void nobodyThereIsSaidSo() {
    assertThatThrownBy(() -> client.ping())
        .isInstanceOfSatisfying(
            DaemonException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DAEMON_UNREACHABLE));
  }
}
