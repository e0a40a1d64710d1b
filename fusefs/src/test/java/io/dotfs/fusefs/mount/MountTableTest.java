package io.dotfs.fusefs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
  private static final String LINES =
      """
      22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
      28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
      90 28 0:44 / /mnt/a\\040b rw,nosuid,nodev shared:3 master:4 - fuse.dotfs home1/shop.db rw,user_id=0
      91 28 0:45 / /mnt/c rw - fuse.dotfs home2/x rw
      92 28 0:44 / /mnt/c ro - fuse.dotfs home1/shop.db rw
      93 28 0:46 / /mnt/d rw - fuse.sshfs home1/not-ours rw
      """;

  private static MountTable table() throws IOException {
    return MountTable.parse(LINES.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void readsTheKernelsLines() throws Exception {
    assertThat(table().mounts()).hasSize(6);
    MountPoint mount = table().at(Path.of("/mnt/a b")).orElseThrow();
    assertThat(mount.device()).isEqualTo(new DeviceNumber(0, 44));
    assertThat(mount.source()).isEqualTo("home1/shop.db");
    assertThat(mount.options()).isEqualTo("rw,nosuid,nodev");
  }

  @Test
  void theLaterMountOnADirectoryCovers() throws Exception {
    assertThat(table().at(Path.of("/mnt/c")).orElseThrow().id()).isEqualTo(92);
    assertThat(table().at(Path.of("/mnt/none"))).isEmpty();
  }

  @Test
  void findsOursBySourceAndByDevice() throws Exception {
    assertThat(table().dotfsMounts("home1/")).extracting(MountPoint::id).containsExactly(90, 92);
    assertThat(table().ofDevice(new DeviceNumber(0, 44))).hasSize(2);
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    for (String line : new String[] {"x", "1 2 3 4 5 6 - t", "1 2 a:b / /m rw - t s rw"}) {
      assertThatThrownBy(() -> MountTable.parse(line.getBytes(StandardCharsets.ISO_8859_1)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void undoesEscapes() {
    assertThat(MountTable.unescape("a\\040b\\134c\\011")).isEqualTo("a b\\c\t");
    assertThat(MountTable.unescape("end\\04")).isEqualTo("end\\04");
    assertThat(MountTable.unescape("\\089")).isEqualTo("\\089");
  }

  @Test
  void readsTheMountsOfThisHost() throws Exception {
    assertThat(MountTable.read().at(Path.of("/proc"))).isPresent();
  }

  @Test
  void safePathsAreRealPaths(@TempDir Path directory) throws Exception {
    Path real = directory.toRealPath();
    Files.createDirectory(real.resolve("d"));
    Files.createSymbolicLink(real.resolve("l"), Path.of("d"));
    Files.createSymbolicLink(real.resolve("up"), Path.of("d/.."));
    Files.createSymbolicLink(real.resolve("loop"), Path.of("loop"));
    assertThat(SafePath.resolve(real.resolve("l"))).isEqualTo(real.resolve("d"));
    assertThat(SafePath.resolve(real.resolve("up/up/d"))).isEqualTo(real.resolve("d"));
    assertThat(SafePath.resolve(Path.of("/"))).isEqualTo(Path.of("/"));
    assertThatThrownBy(() -> SafePath.resolve(real.resolve("loop")))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("links");
    assertThatThrownBy(() -> SafePath.resolve(real.resolve("none/x")))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("no such");
  }
}
