package io.dotfs.daemon.mounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.fusefs.mount.DeviceNumber;
import io.dotfs.fusefs.mount.MountPoint;
import io.dotfs.fusefs.mount.MountTable;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Looks at a real child process on an ordinary file system, since the scanner asks only /proc: one
 * with few users, because it stops after a thousand findings.
 */
class OpenFileScannerTest {

  @Test
  void everyWayToHoldAMountIsFound() throws Exception {
    Path real = Files.createTempDirectory(Path.of("/dev/shm"), "scanner-");
    Path file = Files.writeString(real.resolve("held file"), "x".repeat(4096));
    MountPoint mount =
        MountTable.read().mounts().stream()
            .filter(m -> real.startsWith(m.directory()))
            .reduce((a, b) -> b.directory().getNameCount() >= a.directory().getNameCount() ? b : a)
            .orElseThrow();
    String script =
        """
        import mmap, os, sys
        f = open(sys.argv[1], 'r+b')
        m = mmap.mmap(f.fileno(), 4096)
        d = os.open('.', os.O_RDONLY)
        print('ready', flush=True)
        sys.stdin.read()
        """;
    Process holder =
        new ProcessBuilder("python3", "-c", script, file.toString())
            .directory(real.toFile())
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("ready");
      List<OpenFile> found = scan(mount.device(), holder.pid());
      assertThat(found).extracting(OpenFile::how).contains("working directory", "file", "mapping");
      assertThat(found)
          .filteredOn(f -> f.how().equals("file") || f.how().equals("mapping"))
          .extracting(OpenFile::path)
          .contains(file.toString());
      assertThat(found).extracting(OpenFile::subdot).containsOnly("db");
      assertThat(found).extracting(OpenFile::command).containsOnly("python3");
      holder.getOutputStream().close();
      assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(scan(mount.device(), holder.pid())).isEmpty();
    } finally {
      holder.destroyForcibly();
      Files.delete(file);
      Files.delete(real);
    }
  }

  @Test
  void anotherDeviceIsNotFound() throws Exception {
    assertThat(new OpenFileScanner().scan(Map.of(new DeviceNumber(0, 999_999), "db"))).isEmpty();
  }

  private static List<OpenFile> scan(DeviceNumber device, long pid) throws Exception {
    return new OpenFileScanner()
        .scan(Map.of(device, "db")).stream().filter(f -> f.pid() == pid).toList();
  }
}
