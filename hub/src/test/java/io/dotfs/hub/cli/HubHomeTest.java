package io.dotfs.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a hub keeps everything when nobody says. */
class HubHomeTest {
  private static Path usual(Map<String, String> environment, String user) {
    return HubHome.usual(environment, user, "/nonexistent");
  }

  @Test
  void theEnvironmentComesBeforeTheUserDatabase() {
    assertThat(usual(Map.of("HOME", "/home/ann"), "ann"))
        .isEqualTo(Path.of("/home/ann/.local/share/dotfs-hub"));
    assertThat(usual(Map.of("HOME", "relative"), "ann"))
        .isEqualTo(Path.of("/nonexistent/.local/share/dotfs-hub"));
    assertThat(usual(Map.of(), "ann")).isEqualTo(Path.of("/nonexistent/.local/share/dotfs-hub"));
  }

  @Test
  void rootsIsTheHosts() {
    assertThat(usual(Map.of("HOME", "/root"), "root")).isEqualTo(Path.of("/var/lib/dotfs-hub"));
    assertThat(usual(Map.of("DM_HUB_HOME", "/srv/../srv/hub"), "root"))
        .isEqualTo(Path.of("/srv/hub"));
  }
}
