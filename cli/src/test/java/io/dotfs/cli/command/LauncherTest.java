package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code lib/dm}, with programs in Java's place that print what they were called with.
 */
class LauncherTest {
  @TempDir Path directory;

  private Path dm;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void install() throws Exception {
    directory = directory.toRealPath();
    dm = executable("dist/lib/dm", Files.readString(Path.of("src/main/dist/lib/dm")));
    Files.createDirectories(directory.resolve("dist/lib"));
    Files.writeString(directory.resolve("dist/lib/one.jar"), "");
    Files.writeString(directory.resolve("dist/lib/two.jar"), "");
    environment.put("PATH", "/usr/bin:/bin");
  }

  private Path executable(String path, String content) throws Exception {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path java(String home, String version) throws Exception {
    executable(
        home + "/bin/java",
        "#!/bin/sh\necho \"$0\"\nprintf '[%s]\\n' \"$@\"\necho in $(pwd)\necho LC_ALL=$LC_ALL\n");
    Files.writeString(
        directory.resolve(home + "/release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    return directory.resolve(home);
  }

  private record Result(int status, String out, String err) {}

  private Result run(Path program, String... words) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Path err = directory.resolve("stderr");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out, Files.readString(err));
  }

  @Test
  void theClientGetsEveryWordAsItWas() throws Exception {
    environment.put("JAVA_HOME", java("jdk", "17.0.2").toString());
    Result result = run(dm, "commit", "-m", "a  b\n\"c\" $d *", "");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith(directory.resolve("jdk/bin/java") + "\n")
        .contains("[-Ddotfs.home=" + directory.resolve("dist") + "]")
        .contains("[-Duser.dir=" + directory + "]")
        .contains("\nin /\n")
        .contains("[-Ddotfs.terminal=]")
        .contains("[io.dotfs.cli.command.Main]\n[commit]\n[-m]\n[a  b\n\"c\" $d *]\n[]\n");
  }

  @Test
  void daemonAndHubAreOtherPrograms() throws Exception {
    environment.put("JAVA_HOME", java("jdk", "21").toString());
    environment.put("DM_DAEMON_OPTS", "-Da=1 -Db=2");
    String jars =
        directory.resolve("dist/lib/one.jar") + ":" + directory.resolve("dist/lib/two.jar");
    assertThat(run(dm, "daemon", "run", "--home", "/x y").out())
        .contains(
            "[-Da=1]\n[-Db=2]\n[-cp]\n["
                + jars
                + "]\n[io.dotfs.daemon.DaemonMain]\n[--home]\n[/x y]\n")
        .contains("[-XX:-UsePerfData]");
    assertThat(run(dm, "hub", "serve").out())
        .contains("[io.dotfs.hub.HubMain]\n[serve]\n")
        .doesNotContain("[-Da=1]");
    assertThat(run(dm, "hub").out()).contains("[io.dotfs.hub.HubMain]\n");
    assertThat(run(dm, "daemon", "run").out()).contains("[io.dotfs.daemon.DaemonMain]\n");
    assertThat(run(dm, "daemon", "run", "--help").out()).contains("[io.dotfs.cli.command.Main]");
    assertThat(run(dm, "daemon", "stop").out())
        .contains("[io.dotfs.cli.command.Main]\n[daemon]\n[stop]\n");
  }

  @Test
  void symbolicLinksLeadHome() throws Exception {
    environment.put("JAVA_HOME", java("jdk", "17").toString());
    Files.createDirectories(directory.resolve("usr/bin"));
    Files.createDirectories(directory.resolve("dist/bin"));
    Files.createSymbolicLink(directory.resolve("dist/bin/dm"), Path.of("../lib/dm"));
    Files.createSymbolicLink(directory.resolve("usr/lib"), directory.resolve("dist"));
    Files.createSymbolicLink(directory.resolve("usr/bin/dm"), Path.of("../lib/bin/dm"));
    Files.createSymbolicLink(directory.resolve("dm"), directory.resolve("usr/bin/dm"));
    assertThat(run(directory.resolve("dm"), "list").out())
        .contains("[-Ddotfs.home=" + directory.resolve("dist") + "]");
  }

  @Test
  void javaIsFoundOnThePathWhenJavaHomeIsTooOld() throws Exception {
    environment.put("JAVA_HOME", java("old", "1.8.0_392").toString());
    environment.put("PATH", java("new", "17.0.1").resolve("bin") + ":/usr/bin:/bin");
    assertThat(run(dm, "list").out()).startsWith(directory.resolve("new/bin/java") + "\n");
  }

  @Test
  void aJavaWithoutAReleaseFileIsAsked() throws Exception {
    Path home = directory.resolve("odd");
    executable(
        "odd/bin/java",
        "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"18.0.1\" 2022' >&2; exit; }\necho run\n");
    environment.put("JAVA_HOME", home.toString());
    assertThat(run(dm, "list").out()).isEqualTo("run\n");
  }

  @Test
  void anArchiveIsUsedByTheJvmThatMadeItAlone() throws Exception {
    environment.put("JAVA_HOME", java("jdk", "17.0.2").toString());
    Path lib = directory.resolve("dist/lib");
    Files.writeString(lib.resolve("client.jsa"), "");
    assertThat(run(dm, "list").out()).doesNotContain("SharedArchiveFile");
    Files.writeString(lib.resolve("archives"), run(dm, "--java-identity").out());
    assertThat(run(dm, "list").out()).contains("[-XX:SharedArchiveFile=" + lib + "/client.jsa]");
    java("jdk", "17.0.3");
    assertThat(run(dm, "list").out()).doesNotContain("SharedArchiveFile");
  }

  @Test
  void textIsUtf8WhateverTheLocale() throws Exception {
    environment.put("JAVA_HOME", java("jdk", "17").toString());
    assertThat(run(dm, "list").out()).endsWith("LC_ALL=C.UTF-8\n");
    environment.put("LANG", "C");
    assertThat(run(dm, "list").out()).endsWith("LC_ALL=C.UTF-8\n");
    environment.put("LANG", "de_DE.UTF-8");
    assertThat(run(dm, "list").out()).endsWith("LC_ALL=\n");
    environment.put("LC_ALL", "POSIX");
    assertThat(run(dm, "list").out()).endsWith("LC_ALL=C.UTF-8\n");
  }
}
