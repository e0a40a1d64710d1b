package io.dotfs.fusefs.flush;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.flush.SharedMappings.FileKey;
import io.dotfs.fusefs.mount.DeviceNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMappingsTest {
  private static final String SHARED =
      "7f0010000000-7f0010002000 rw-s 00001000 00:2c 77       /mnt/with space";

  @Test
  void understandsALineOfTheKernel() {
    SharedMappings.Mapping mapping = SharedMappings.parse(SHARED).orElseThrow();
    assertThat(mapping.key()).isEqualTo(new FileKey(new DeviceNumber(0, 0x2c), 77));
    assertThat(mapping.range()).isEqualTo("7f0010000000-7f0010002000");
    assertThat(mapping.path()).isEqualTo("/mnt/with space");
    assertThat(SharedMappings.parse(SHARED.replace("rw-s", "r--s"))).isPresent();
  }

  @Test
  void leavesOutWhatIsPrivateOrNotUnderstood() {
    assertThat(SharedMappings.parse(SHARED.replace("rw-s", "rw-p"))).isEmpty();
    for (int length = 0; length <= SHARED.indexOf("77") + 2; length++) {
      assertThat(SharedMappings.parse(SHARED.substring(0, length))).isEmpty();
    }
    assertThat(SharedMappings.parse("x rw-s zz qq:rr ss tt")).isEmpty();
  }

  @Test
  void findsEachFileOnceWithSomePlacesItIsMappedAt(@TempDir Path proc) throws Exception {
    String other = SHARED.replace("00:2c", "00:2d");
    for (int pid = 1; pid <= 9; pid++) {
      Files.createDirectory(proc.resolve("" + pid));
      Files.writeString(proc.resolve(pid + "/maps"), SHARED + "\n" + other + "\n");
    }
    Files.createDirectory(proc.resolve("10"));
    Files.createDirectory(proc.resolve("self"));
    SharedMappings found = SharedMappings.find(proc, Set.of(new DeviceNumber(0, 0x2c)));
    assertThat(found.files()).containsOnlyKeys(new FileKey(new DeviceNumber(0, 0x2c), 77));
    assertThat(found.files().values().iterator().next()).hasSize(4);
    assertThat(found.unreadable()).isZero();
  }
}
