package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.DaemonClient;
import io.dotfs.daemon.api.DaemonEndpoint;
import io.dotfs.daemon.api.DaemonLauncher;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own, as the client starts it. */
@Timeout(300)
class DaemonProcessTest {
  @TempDir Path directory;
  private DaemonEndpoint endpoint;
  private final Set<Long> started = new HashSet<>();

  @BeforeEach
  void prepare() {
    Path home = directory.resolve("home");
    endpoint = new DaemonEndpoint(home, home.resolve("daemon.sock"), false);
  }

  @AfterEach
  void endWhatWasStarted() throws Exception {
    if (new DaemonLauncher(endpoint).listens()) {
      started.add(new DaemonClient(endpoint.socket()).ping().pid());
    }
    for (long pid : started) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private DaemonClient launch() throws Exception {
    DaemonClient client = new DaemonLauncher(endpoint).connect();
    started.add(client.ping().pid());
    return client;
  }

  private static void awaitEnd(long pid) throws Exception {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      process.get().onExit().get(120, TimeUnit.SECONDS);
    }
  }

  @Test
  void commandsThatComeTogetherStartOneDaemonWhichStopsAndStartsAgain() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    Set<Long> pids = new HashSet<>();
    try {
      List<Future<PingReply>> replies = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        replies.add(callers.submit(() -> new DaemonLauncher(endpoint).connect().ping()));
      }
      for (Future<PingReply> reply : replies) {
        pids.add(reply.get(120, TimeUnit.SECONDS).pid());
      }
    } finally {
      callers.shutdownNow();
    }
    started.addAll(pids);
    assertThat(pids).hasSize(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(endpoint.home())))
        .isEqualTo("rwx------");
    long pid = pids.iterator().next();
    assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))).isEqualTo(Path.of("/"));

    Process second =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.dotfs.daemon.DaemonMain",
                "--home",
                endpoint.home().toString())
            .redirectErrorStream(true)
            .start();
    String told = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(second.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(told)
        .isEqualTo("dm: another daemon (pid " + pid + ") serves " + endpoint.home() + "\n");
    assertThat(second.exitValue()).isEqualTo(3);

    DaemonClient client = new DaemonClient(endpoint.socket());
    client.init(new InitRequest("shop"));
    ProcessHandle.of(pid).orElseThrow().destroy();
    awaitEnd(pid);
    assertThat(endpoint.socket()).doesNotExist();
    Errors.of(ErrorKind.DAEMON_UNREACHABLE, client::ping);

    client = launch();
    assertThat(client.list(new ListRequest()).dots()).hasSize(1);
    long next = client.ping().pid();
    ProcessHandle.of(next).orElseThrow().destroyForcibly();
    awaitEnd(next);
    assertThat(endpoint.socket()).exists();

    client = launch();
    assertThat(client.list(new ListRequest()).dots()).hasSize(1);
    long last = client.ping().pid();
    client.shutdown();
    awaitEnd(last);
    assertThat(Files.readString(endpoint.home().resolve("daemon.log")))
        .contains("serving " + endpoint.home())
        .contains("stopped serving");
  }

  @Test
  void whyItCannotStartIsSaid() throws Exception {
    Files.createDirectories(endpoint.home());
    Files.writeString(endpoint.home().resolve("meta"), "not a database");
    assertThat(
            Errors.of(ErrorKind.DAEMON_UNREACHABLE, () -> new DaemonLauncher(endpoint).connect())
                .message())
        .startsWith("the daemon cannot serve " + endpoint.home());
  }
}
