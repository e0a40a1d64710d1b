package io.dotfs.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

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
}
