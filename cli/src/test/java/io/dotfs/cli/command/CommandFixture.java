package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.render.Terminal;
import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.Upstream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that answers as a test says, and {@code dm} run against it in this process. */
abstract class CommandFixture {
  static final String ID = "0123456789abcdef".repeat(4);
  static final String SOLE = "\"selector\":{}";
  static final DotSummary SHOP =
      new DotSummary(
          "admin/shop", "admin", "shop", "master", "be3e4bdd17d569ab", List.of(), 0, 0, 0);

  /** Short, since a socket's path may have 100 bytes only. */
  Path home;

  FakeDaemon daemon;
  final Map<String, String> environment = new HashMap<>();

  /** Where dm runs: a checkout of git's, unless a test goes elsewhere. */
  Path directory = Path.of("").toAbsolutePath();

  String input = "";
  String out = "";
  String err = "";

  @BeforeEach
  void start(@TempDir Path unused) throws Exception {
    home = Files.createTempDirectory(Path.of("/tmp"), "dm");
    daemon = new FakeDaemon(home.resolve("daemon.sock"));
    environment.put("DM_HOME", home.toString());
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    try (var files = Files.list(home)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(home);
  }

  /** Runs dm with words separated by single spaces. */
  final int dm(String line) {
    return dm(line.split(" ", -1));
  }

  final int dm(String... words) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(outBytes, false, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(errBytes, false, StandardCharsets.UTF_8);
    Session session =
        new Session(
            environment,
            directory,
            Terminal.NONE,
            new OwnProcess(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))),
            outStream,
            errStream);
    int status = Main.run(session, words);
    outStream.flush();
    errStream.flush();
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  String asked() {
    return daemon.requests().get(daemon.requests().size() - 1);
  }

  final void succeeds(String line) {
    assertThat(dm(line)).as(err).isZero();
    assertThat(err).isEmpty();
  }

  final void makeCurrent(String dot) throws Exception {
    new SettingsFile(home.resolve("config")).update(settings -> settings.withCurrentDot(dot));
  }

  /** A dot with two branches and a tag, or what the text below says. */
  static DotShowReply show(Optional<Upstream> upstream) {
    return new DotShowReply(
        SHOP, Optional.empty(), upstream, List.of(), List.of(), List.of(), List.of());
  }
}
