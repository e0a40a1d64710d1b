package io.dotfs.fusefs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backing file goes after the record that nothing leads to it any more. */
class PendingDeletionsTest {
  private static final BlockFiles.Name NAME = new BlockFiles.Name(1, 77, 0);
  private static final byte[] ORPHAN = {1, 2, 3};

  @TempDir Path directory;
  private MetaStore metadata;
  private BlockFiles files;

  @BeforeEach
  void open() throws Exception {
    metadata = RocksMetaStore.open(directory.resolve("meta"));
    files = new DiskBlockFiles(directory.resolve("overlay"));
    files.create(NAME).close();
  }

  @AfterEach
  void close() throws Exception {
    files.close();
    metadata.close();
  }

  private long unlink() throws Exception {
    try (MetaBatch batch = metadata.newBatch()) {
      batch.put(Table.ORPHANS, ORPHAN, new byte[0]);
      return metadata.write(batch);
    }
  }

  @Test
  void theLogIsSyncedBeforeTheFileGoes() throws Exception {
    try (PendingDeletions deletions = new PendingDeletions(metadata, files, Duration.ofHours(1))) {
      long write = unlink();
      deletions.add(NAME, ORPHAN);
      assertThat(files.exists(NAME)).isTrue();
      assertThat(metadata.lastSync()).isLessThan(write);
      deletions.settle();
      assertThat(metadata.lastSync()).isGreaterThanOrEqualTo(write);
      assertThat(files.exists(NAME)).isFalse();
      assertThat(metadata.get(Table.ORPHANS, ORPHAN)).isEmpty();
      assertThat(deletions.isEmpty()).isTrue();
    }
  }

  @Test
  void aCloseSettles() throws Exception {
    PendingDeletions deletions = new PendingDeletions(metadata, files, Duration.ofHours(1));
    unlink();
    deletions.add(NAME, ORPHAN);
    deletions.close();
    assertThat(files.exists(NAME)).isFalse();
  }

  @Test
  void itHappensByItself() throws Exception {
    try (PendingDeletions deletions = new PendingDeletions(metadata, files, Duration.ZERO)) {
      unlink();
      deletions.add(NAME, ORPHAN);
      while (files.exists(NAME)) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void manyAreSettledByWhoeverAddsThem() throws Exception {
    try (PendingDeletions deletions = new PendingDeletions(metadata, files, Duration.ofHours(1))) {
      for (int i = 0; i <= PendingDeletions.MAX_PENDING; i++) {
        deletions.add(new BlockFiles.Name(1, 77 + i, 0), new byte[] {(byte) i});
      }
      assertThat(deletions.isEmpty()).isTrue();
      assertThat(files.exists(NAME)).isFalse();
    }
  }

  @Test
  void aTreeIsDeletedWhileItsFilesGoOneByOne() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (PendingDeletions deletions = new PendingDeletions(metadata, files, Duration.ZERO)) {
        for (int i = 0; i < 300; i++) {
          BlockFiles.Name name = new BlockFiles.Name(2, i, 0);
          files.create(name).close();
          deletions.add(name, new byte[] {(byte) i});
        }
        files.deleteTree(2);
      }
    }
  }
}
