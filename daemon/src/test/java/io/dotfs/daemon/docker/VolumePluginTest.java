package io.dotfs.daemon.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.DaemonException;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.fusefs.overlay.Home;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Docker's side of the volume protocol, byte by byte, without Docker and without mounts. */
@Timeout(300)
class VolumePluginTest {
  @TempDir Path directory;
  private final FakeData data = new FakeData();
  private Home home;
  private VolumePlugin plugin;

  /** Says what was asked of it. */
  private static final class FakeData implements VolumeData {
    final List<String> log = new ArrayList<>();
    final Set<Path> mounted = new HashSet<>();
    boolean busy;
    boolean broken;

    @Override
    public void create(String volume, Map<String, String> options) {
      log.add("create " + volume);
    }

    @Override
    public void mount(String volume, Path directory, boolean readOnly) throws DaemonException {
      if (broken) {
        throw new DaemonException(ErrorKind.UNKNOWN_BRANCH, "no such branch: x", "dm branch");
      }
      log.add("mount " + volume + (readOnly ? " ro" : ""));
      mounted.add(directory);
    }

    @Override
    public boolean isMounted(Path directory) {
      return mounted.contains(directory);
    }

    @Override
    public void unmount(Path directory) throws DaemonException {
      if (busy) {
        throw new DaemonException(ErrorKind.IN_USE, "a shell is there");
      }
      if (mounted.remove(directory)) {
        log.add("unmount " + directory.getFileName());
      }
    }

    @Override
    public void discardAnonymous(String volume) {
      log.add("discard " + volume);
    }
  }

  @BeforeEach
  void start() throws Exception {
    home = Home.open(directory.resolve("home"), Clock.systemUTC());
    serve("boot-1");
  }

  private void serve(String bootId) throws IOException {
    plugin =
        VolumePlugin.serve(
            socket(),
            Volumes.open(
                home.registry(), data, directory.resolve("volumes"), Clock.systemUTC(), bootId));
  }

  @AfterEach
  void stop() throws Exception {
    plugin.close();
    home.close();
  }

  private Path socket() {
    return directory.resolve("plugins/dm.sock");
  }

  /** As Docker 20.10 sends it: with a Host field that has no value. */
  private String call(String path, String json) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      String head =
          "POST /"
              + path
              + " HTTP/1.1\r\nHost: \r\nConnection: close\r\n"
              + "Accept: application/vnd.docker.plugins.v1.2+json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      channel.write(ByteBuffer.wrap(body));
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("docker.plugins.v1.2+json");
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private String volume(String call, String name) throws IOException {
    return call("VolumeDriver." + call, "{\"Name\":\"" + name + "\",\"Opts\":null}");
  }

  private String use(String call, String name, String id) throws IOException {
    return call("VolumeDriver." + call, "{\"Name\":\"" + name + "\",\"ID\":\"" + id + "\"}");
  }

  @Test
  void saysWhatItIs() throws Exception {
    assertThat(call("Plugin.Activate", "")).isEqualTo("{\"Implements\":[\"VolumeDriver\"]}");
    assertThat(call("VolumeDriver.Capabilities", "{}"))
        .isEqualTo("{\"Capabilities\":{\"Scope\":\"local\"}}");
    assertThat(call("VolumeDriver.Dance", "{}")).contains("\"Err\"");
  }

  @Test
  void aVolumeIsKnownOnceMadeAndForgottenOnceRemoved() throws Exception {
    assertThat(volume("Get", "app.db")).isEqualTo("{\"Err\":\"no such volume: app.db\"}");
    assertThat(volume("Create", "app.db")).isEqualTo("{}");
    String place = directory.resolve("volumes/app.db").toString();
    assertThat(volume("Get", "app.db")).contains("\"Mountpoint\":\"" + place + "\"");
    assertThat(volume("Path", "app.db")).isEqualTo("{\"Mountpoint\":\"" + place + "\"}");
    assertThat(volume("List", "")).contains("\"Name\":\"app.db\"");
    assertThat(volume("Remove", "app.db")).isEqualTo("{}");
    assertThat(volume("List", "")).isEqualTo("{\"Volumes\":[]}");
    assertThat(data.log).containsExactly("create app.db");
  }

  @Test
  void aVolumeIsMountedFromItsFirstUseToItsLast() throws Exception {
    String place = directory.resolve("volumes/app.db").toString();
    assertThat(use("Mount", "app.db", "a")).isEqualTo("{\"Mountpoint\":\"" + place + "\"}");
    use("Mount", "app.db", "a"); // as for copying image content up
    use("Mount", "app.db", "b");
    assertThat(use("Unmount", "app.db", "a")).isEqualTo("{}");
    use("Unmount", "app.db", "b");
    assertThat(use("Unmount", "app.db", "nobody")).isEqualTo("{}");
    assertThat(volume("Remove", "app.db")).contains("in use");
    assertThat(data.log).containsExactly("create app.db", "mount app.db");
    use("Unmount", "app.db", "a");
    assertThat(data.log).last().isEqualTo("unmount app.db");
    assertThat(volume("Remove", "app.db")).isEqualTo("{}");
  }

  @Test
  void usesOutliveTheDaemonButNotTheBoot() throws Exception {
    use("Mount", "app.db", "a");
    plugin.close();
    assertThat(socket()).doesNotExist();
    serve("boot-1");
    assertThat(volume("Remove", "app.db")).contains("in use");
    plugin.close();
    serve("boot-2");
    assertThat(data.log).last().isEqualTo("unmount app.db");
    assertThat(volume("Remove", "app.db")).isEqualTo("{}");
  }

  @Test
  void aMountThatFailsIsNoUse() throws Exception {
    data.broken = true;
    assertThat(use("Mount", "app@x.db", "a"))
        .isEqualTo("{\"Err\":\"no such branch: x (hint: dm branch)\"}");
    assertThat(volume("Remove", "app@x.db")).isEqualTo("{}");
  }

  @Test
  void whereTheHostIsAtWorkTheMountStaysAndIsFoundAgain() throws Exception {
    use("Mount", "app.db", "a");
    data.busy = true;
    assertThat(use("Unmount", "app.db", "a")).isEqualTo("{}");
    use("Mount", "app.db", "b");
    assertThat(data.log).containsExactly("create app.db", "mount app.db");
  }

  @Test
  void optionsAreCheckedAndKept() throws Exception {
    assertThat(create("app.a", "\"readonly\":\"true\"")).isEqualTo("{}");
    use("Mount", "app.a", "1");
    assertThat(data.log).last().isEqualTo("mount app.a ro");
    assertThat(create("app.b", "\"colour\":\"red\"")).contains("unknown volume option 'colour'");
    assertThat(create("app.b", "\"lazy\":\"true\"")).contains("not there yet");
    assertThat(create("app.b", "\"readonly\":\"perhaps\"")).contains("is true or false");
    assertThat(create("app.a", "\"readonly\":\"false\"")).contains("other options");
    assertThat(create("a.b.c", "")).contains("invalid dot name");
    assertThat(create("app.__inner", "")).contains("reserved");
    assertThat(create("app.__root__", "")).isEqualTo("{}");
  }

  private String create(String name, String options) throws IOException {
    return call("VolumeDriver.Create", "{\"Name\":\"" + name + "\",\"Opts\":{" + options + "}}");
  }

  @Test
  void onlyWhatNobodyNamedIsDiscarded() throws Exception {
    String anonymous = "0123456789abcdef".repeat(4);
    volume("Create", anonymous);
    volume("Create", "named");
    volume("Remove", anonymous);
    volume("Remove", "named");
    assertThat(data.log).filteredOn(l -> l.startsWith("discard")).hasSize(1);
  }

  @Test
  void aSocketThatADeadDaemonLeftIsReplaced() throws Exception {
    plugin.close();
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();
    serve("boot-1");
    assertThat(call("Plugin.Activate", "{}")).contains("VolumeDriver");
  }
}
