package io.dotfs.fusefs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dotfs.fusefs.testing.ChildProcess;
import io.dotfs.fusefs.testing.RequiresFuse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server run by user {@code nobody}. Root prepares it in a mount namespace of its own, in which
 * everybody may open {@code /dev/fuse}, as udev's rule has it on most hosts.
 */
@RequiresFuse
@Timeout(300)
class OrdinaryUserTest {
  private static final String SCRIPT =
      """
      set -e
      base="$1"; java="$2"
      mknod "$base/fuse" c 10 229
      chmod 666 "$base/fuse"
      mount --bind "$base/fuse" /dev/fuse
      chown nobody "$base/mount" "$base/log"
      as_nobody() { runuser -u nobody -- "$@"; }
      as_nobody "$java" -XX:TieredStopAtLevel=1 -cp "$base/lib/*:$base/classes" \\
        io.dotfs.fusefs.mount.ServeMemory "$base/mount" dotfs-user > "$base/log" 2>&1 &
      until grep -q -e ^mounted -e Exception "$base/log"; do :; done
      as_nobody stat -f -c %T "$base/mount"
      grep -o 'user_id=[1-9].*default_permissions' /proc/mounts | head -1
      as_nobody fusermount -u "$base/mount"
      wait
      tail -1 "$base/log"
      """;

  @Test
  void mountsThroughTheHelperAtFullProtocol(@TempDir Path base) throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root to prepare");
    for (String needed : List.of("/usr/bin/unshare", "/usr/bin/fusermount")) {
      assumeTrue(Files.isExecutable(Path.of(needed)), needed + " is missing");
    }
    assumeTrue(present("/usr/lib", "libfuse.so.2"), "libfuse.so.2 is missing");
    Path lib = Files.createDirectory(base.resolve("lib"));
    Path classes = Files.createDirectory(base.resolve("classes"));
    Files.createDirectory(base.resolve("mount"));
    Files.createFile(base.resolve("log"));
    for (String element : classPath()) {
      if (element.endsWith(".jar")) {
        if (element.matches(".*/(jnr|jffi|asm|slf4j|logback)[^/]*")) {
          ChildProcess.run("cp \"$1\" \"$2\"", element, lib);
        }
      } else {
        ChildProcess.run("test ! -d \"$1\" || cp -r \"$1/.\" \"$2\"", element, classes);
      }
    }
    ChildProcess.run("chmod -R a+rX \"$1\"", base);
    String output =
        ChildProcess.run(
            "exec unshare -m --propagation private sh -c \"$1\" sh \"$2\" \"$3\"",
            SCRIPT,
            base,
            Path.of(System.getProperty("java.home"), "bin", "java"));
    assertThat(output.lines())
        .containsExactly("fuseblk", "user_id=65534,group_id=65534,default_permissions", "ended");
  }

  private static List<String> classPath() throws Exception {
    String elements = System.getProperty("surefire.test.class.path");
    return List.of(
        (elements == null ? System.getProperty("java.class.path") : elements).split(":", -1));
  }

  private static boolean present(String directory, String name) throws Exception {
    var matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
    try (Stream<Path> files = Files.find(Path.of(directory), 2, (p, a) -> true)) {
      return files.anyMatch(file -> matcher.matches(file.getFileName()));
    }
  }
}
