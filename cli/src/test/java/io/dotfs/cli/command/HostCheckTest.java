package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.render.Documents.Finding;
import io.dotfs.cli.render.Documents.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCheckTest {
  @TempDir Path root;

  private HostCheck check(boolean isRoot) {
    return new HostCheck(root, isRoot, "/usr/sbin:relative::/usr/bin");
  }

  private Path write(String path, String content) throws Exception {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static void is(State state, Finding finding) {
    assertThat(finding.state()).as(finding.what()).isEqualTo(state);
    assertThat(finding.mend().isPresent()).as("says how to mend").isEqualTo(state != State.FINE);
  }

  @Test
  void aBareHostLacksEverythingAndIsToldHowToMendIt() {
    is(State.MISSING, check(true).device());
    is(State.MISSING, check(false).library());
    is(State.MISSING, check(false).helper());
    is(State.ADVICE, check(false).allowOther());
    is(State.ADVICE, check(true).capability());
    is(State.MISSING, check(true).program("setsid", "x"));
    is(State.MISSING, HostCheck.java(11, "/j"));
    assertThat(check(false).all(root.resolve("home"), false))
        .anyMatch(f -> f.state() == State.MISSING);
  }

  @Test
  void whatIsThereIsFound() throws Exception {
    write("dev/fuse", "");
    write("usr/lib/x86_64-linux-gnu/libfuse.so.2", "");
    write("etc/fuse.conf", "# user_allow_other\n  user_allow_other \n");
    write("proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n");
    Path helper = write("usr/bin/fusermount3", "");
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
    is(State.FINE, check(true).device());
    is(State.FINE, check(false).library());
    is(State.FINE, check(false).allowOther());
    is(State.FINE, check(true).capability());
    is(State.FINE, check(false).program("fusermount3", "x"));
    is(State.MISSING, check(false).helper()); // not set-user-id
    Files.setAttribute(helper, "unix:mode", 04755);
    is(State.FINE, check(false).helper());
    is(State.FINE, check(true).space(root.resolve("not/there/yet")));
    is(State.FINE, HostCheck.java(21, "/j"));
  }

  @Test
  void aCommentDoesNotSetAnOption() throws Exception {
    write("etc/fuse.conf", "#user_allow_other\n");
    is(State.ADVICE, check(false).allowOther());
  }

  @Test
  void aContainerWithoutTheCapabilityIsNoticed() throws Exception {
    write("proc/self/status", "CapEff:\t00000000a80425fb\n");
    is(State.MISSING, check(true).capability());
  }

  @Test
  void aDockerWithoutTheDriverIsNoticed() throws Exception {
    assertThat(check(true).volumeDriver()).isEmpty();
    Path engine = write("usr/sbin/dockerd", "");
    Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwxr-xr-x"));
    is(State.ADVICE, check(true).volumeDriver().orElseThrow());
    write("run/docker/plugins/dm.sock", "");
    is(State.FINE, check(true).volumeDriver().orElseThrow());
  }
}
