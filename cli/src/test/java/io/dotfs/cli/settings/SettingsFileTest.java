package io.dotfs.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  @TempDir Path directory;

  private SettingsFile file() {
    return new SettingsFile(directory.resolve("home/.dotmesh/config"));
  }

  private static Remote remote(String name, String address, String key) throws SettingsException {
    return new Remote(
        name, RemoteAddress.parse(address), key.isEmpty() ? Optional.empty() : Optional.of(key));
  }

  @Test
  void theOptionWinsOverTheHomeOverTheUsersOwn() {
    assertThat(
            SettingsFile.locate(Optional.of("/x/c"), Map.of("DM_HOME", "/h", "HOME", "/u"), "/p"))
        .isEqualTo(Path.of("/x/c"));
    assertThat(SettingsFile.locate(Optional.empty(), Map.of("DM_HOME", "/h", "HOME", "/u"), "/p"))
        .isEqualTo(Path.of("/h/config"));
    assertThat(SettingsFile.locate(Optional.empty(), Map.of("DM_HOME", "", "HOME", "/u"), "/p"))
        .isEqualTo(Path.of("/u/.dotmesh/config"));
    assertThat(SettingsFile.locate(Optional.empty(), Map.of(), "/p"))
        .isEqualTo(Path.of("/p/.dotmesh/config"));
  }

  @Test
  void withoutAFileLocalIsCurrentAndNoDot() throws Exception {
    Settings settings = file().load();
    assertThat(settings.currentRemote()).isEqualTo("local");
    assertThat(settings.currentDot()).isEmpty();
    assertThat(settings.remotes()).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    file()
        .update(
            s ->
                s.withRemote(remote("hub", "me@hub:8080", "k1"))
                    .withRemote(remote("dir", "file:///srv", "")));
    file().update(s -> s.withCurrentDot("admin/shop").withCurrentRemote("hub"));
    Settings settings = file().load();
    assertThat(settings.remotes())
        .containsExactly(remote("dir", "file:///srv", ""), remote("hub", "me@hub:8080", "k1"));
    assertThat(settings.currentRemote()).isEqualTo("hub");
    assertThat(settings.currentDot()).contains("admin/shop");
  }

  @Test
  void theFileIsTheOwnersAloneAlsoWhenItWasNotBefore() throws Exception {
    Files.createDirectories(file().path().getParent());
    Files.writeString(file().path(), "{}");
    Files.setPosixFilePermissions(file().path(), PosixFilePermissions.fromString("rw-r--r--"));
    file().update(s -> s.withRemote(remote("hub", "me@hub", "secret")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().path())))
        .isEqualTo("rw-------");
    try (var files = Files.list(file().path().getParent())) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("config", "config.lock");
    }
  }

  @Test
  void aNewDirectoryIsTheOwnersAlone() throws Exception {
    file().update(s -> s.withCurrentDot("admin/x"));
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file().path().getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void unknownFieldsSurvive() throws Exception {
    Files.createDirectories(file().path().getParent());
    Files.writeString(
        file().path(),
        """
        {"drivers": {"sqlite": ["a", 1, 2.50, true, null]}, "Remotes": {"old": {}},
         "remotes": {"hub": {"address": "me@hub", "colour": "blue"}}}""");
    file().update(s -> s.withRemote(remote("hub", "you@hub", "k")));
    assertThat(Files.readString(file().path()))
        .contains("\"sqlite\" : [ \"a\", 1, 2.50, true, null ]")
        .contains("\"Remotes\"")
        .contains("\"colour\" : \"blue\"")
        .contains("you@hub");
  }

  @Test
  void aRemovedRemoteIsNoLongerCurrent() throws Exception {
    file().update(s -> s.withRemote(remote("hub", "me@hub", "k")).withCurrentRemote("hub"));
    file().update(s -> s.withoutRemote("hub"));
    assertThat(file().load().currentRemote()).isEqualTo("local");
    assertThat(Files.readString(file().path())).doesNotContain("hub");
  }

  @Test
  void damagedSettingsAreRefusedAndLeftAlone() throws Exception {
    Files.createDirectories(file().path().getParent());
    for (String damaged :
        List.of("{\n\"a\": ", "[]", "{} {}", "no", "{\"a\":1,}", "[".repeat(3000))) {
      Files.writeString(file().path(), damaged);
      assertThatThrownBy(() -> file().load())
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("the settings in " + file().path() + " are damaged: ");
      assertThatThrownBy(() -> file().update(s -> s.withCurrentDot("a/b")))
          .isInstanceOf(SettingsException.class);
      assertThat(Files.readString(file().path())).isEqualTo(damaged);
    }
  }

  @Test
  void deepNestingIsRefused() throws Exception {
    Files.createDirectories(file().path().getParent());
    Files.writeString(file().path(), "{\"a\":".repeat(500) + "1" + "}".repeat(500));
    assertThatThrownBy(() -> file().load())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void fieldsOfTheWrongTypeCountAsAbsent() throws Exception {
    Files.createDirectories(file().path().getParent());
    Files.writeString(file().path(), "{\"currentDot\": 5, \"remotes\": [], \"currentRemote\": {}}");
    assertThat(file().load().currentDot()).isEmpty();
    assertThat(file().load().currentRemote()).isEqualTo("local");
    assertThat(file().load().remotes()).isEmpty();
  }

  @Test
  void aLinkedFileStaysALink() throws Exception {
    Path real = directory.resolve("dotfiles-config");
    Files.writeString(real, "{}");
    Files.createDirectories(file().path().getParent());
    Files.createSymbolicLink(file().path(), real);
    file().update(s -> s.withCurrentDot("admin/x"));
    assertThat(file().path()).isSymbolicLink();
    assertThat(Files.readString(real)).contains("admin/x");
  }

  @Test
  void aFailingChangeLeavesTheFile() throws Exception {
    file().update(s -> s.withCurrentDot("admin/x"));
    assertThatThrownBy(
            () ->
                file()
                    .update(
                        s -> {
                          throw new SettingsException("no");
                        }))
        .hasMessage("no");
    assertThat(file().load().currentDot()).contains("admin/x");
  }

  @Test
  void writersAtOnceLoseNothing() throws Exception {
    int processes = 4;
    int each = 20;
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      writers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  file().path().toString(),
                  "writer" + i,
                  Integer.toString(each))
              .inheritIO()
              .start());
    }
    for (Process writer : writers) {
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(writer.exitValue()).isZero();
    }
    assertThat(file().load().remotes()).hasSize(processes * each);
  }

  /** A process that adds remotes one by one. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] words) throws SettingsException {
      SettingsFile file = new SettingsFile(Path.of(words[0]));
      for (int i = 0; i < Integer.parseInt(words[2]); i++) {
        Remote added = remote(words[1] + "-" + i, "me@hub", "k");
        file.update(s -> s.withRemote(added));
      }
    }
  }
}
