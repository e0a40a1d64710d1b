package io.dotfs.fusefs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room on the disk is what was measured, and a failed measurement does not fill the disk. */
class DiskSpaceTest {
  private final AtomicLong nanoTime = new AtomicLong(1);
  private final AtomicLong free = new AtomicLong(1000);
  private boolean broken;

  private DiskSpace.Figures measured() throws IOException {
    if (broken) {
      throw new IOException("no answer");
    }
    return new DiskSpace.Figures(free.get(), 5000);
  }

  @Test
  void aFailedMeasurementLeavesTheLastFigure() throws Exception {
    DiskSpace space = new DiskSpace(this::measured, nanoTime::get);
    broken = true;
    nanoTime.addAndGet(DiskSpace.AGE_NANOS + 1);
    assertThat(space.freeBytes()).isEqualTo(1000);
    assertThat(space.freeBytesNow()).isEqualTo(1000);
    assertThat(space.totalBytes()).isEqualTo(5000);

    broken = false;
    free.set(7);
    assertThat(space.freeBytes()).as("the next call measures again").isEqualTo(7);
  }

  @Test
  void aFigureGrowsOldAndIsNotTrustedToRefuse() throws Exception {
    DiskSpace space = new DiskSpace(this::measured, nanoTime::get);
    free.set(7);
    assertThat(space.freeBytes()).isEqualTo(1000);
    assertThat(space.freeBytesNow()).isEqualTo(7);
    free.set(8);
    assertThat(space.freeBytes()).isEqualTo(7);
    nanoTime.addAndGet(DiskSpace.AGE_NANOS + 1);
    assertThat(space.freeBytes()).isEqualTo(8);
    free.set(9);
    space.changed();
    assertThat(space.freeBytes()).isEqualTo(9);
  }

  @Test
  void theDiskOfAHomeHasTheSizeThatTheHostSays(@TempDir Path directory) throws Exception {
    File disk = directory.toFile();
    try (DiskBlockFiles files = new DiskBlockFiles(directory.resolve("overlay"))) {
      assertThat(files.space().totalBytes()).isEqualTo(disk.getTotalSpace()).isPositive();
      // Others write to the same disk meanwhile.
      assertThat(files.space().freeBytesNow())
          .isPositive()
          .isLessThanOrEqualTo(files.space().totalBytes());
    }
  }
}
