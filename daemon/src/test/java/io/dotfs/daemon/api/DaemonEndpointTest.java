package io.dotfs.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DaemonEndpointTest {
  private static final String LONG = "/tmp/" + "x".repeat(120);

  @Test
  void aHomeOfItsOwnHasItsSocketInside() {
    DaemonEndpoint endpoint = DaemonEndpoint.ofServer(Map.of("DM_HOME", "/h/../a"));
    assertThat(endpoint.home()).isEqualTo(Path.of("/a"));
    assertThat(endpoint.socket()).isEqualTo(Path.of("/a/daemon.sock"));
    assertThat(endpoint.systemDaemon()).isFalse();
  }

  @Test
  void aPathTooLongForASocketIsHashed() {
    DaemonEndpoint endpoint =
        DaemonEndpoint.ofServer(Map.of("DM_HOME", LONG, "XDG_RUNTIME_DIR", "/run/user/1"));
    assertThat(endpoint.home()).isEqualTo(Path.of(LONG));
    assertThat(endpoint.socket().toString()).matches("/run/user/1/dotfs/[0-9a-f]{16}\\.sock");
  }

  @Test
  void anOrdinaryUsersDataIsBelowHome() {
    String user = System.getProperty("user.name");
    try {
      System.setProperty("user.name", "somebody");
      assertThat(DaemonEndpoint.ofServer(Map.of("HOME", "/home/me")).home())
          .isEqualTo(Path.of("/home/me/.local/share/dotfs"));
      assertThat(
              DaemonEndpoint.ofServer(Map.of("HOME", "/home/me", "XDG_DATA_HOME", "/data")).home())
          .isEqualTo(Path.of("/data/dotfs"));
    } finally {
      System.setProperty("user.name", user);
    }
  }

  @Test
  void aSocketDirectoryOfAnotherUserIsRefused() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
    String user = System.getProperty("user.name");
    String name = "test-" + ProcessHandle.current().pid();
    Path directory = Path.of("/tmp", "dotfs-" + name);
    try {
      System.setProperty("user.name", name);
      DaemonEndpoint endpoint = DaemonEndpoint.ofServer(Map.of("HOME", "/nonexistent"));
      assertThat(endpoint.socket()).isEqualTo(directory.resolve("dm.sock"));
      Files.createDirectory(directory);
      Files.setAttribute(directory, "unix:uid", 65534);
      assertThatThrownBy(() -> new DaemonLauncher(endpoint).connect())
          .isInstanceOf(DaemonException.class)
          .hasMessage(directory + " was made by another user");
    } finally {
      System.setProperty("user.name", user);
      Files.deleteIfExists(directory);
    }
  }
}
