package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.overlay.NativeMemory;
import io.dotfs.fusefs.vfs.InodeAttributes;
import io.dotfs.fusefs.vfs.KernelCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What writes to a set-id file clears the bits, and the kernel hears of it: it caches the mode, the
 * replies have none, and it would start the program with the owner's rights.
 */
class SetIdBitsTest {
  @TempDir private Path directory;

  /** Keeps the inodes whose attributes, and nothing else, have to be asked for again. */
  private static final class Told implements KernelCache {
    final List<Long> attributes = new ArrayList<>();

    @Override
    public void invalidateInode(long nodeId, long offset, long length) {
      assertThat(offset).isNegative();
      attributes.add(nodeId);
    }

    @Override
    public void invalidateEntry(long parentNodeId, byte[] name) {}

    @Override
    public void invalidateAllNames() {}

    @Override
    public void awaitDelivery() {}
  }

  @FunctionalInterface
  private interface Change {
    void to(Fs fs, long node, long address) throws Exception;
  }

  private void clears(Change change) throws Exception {
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      Told told = new Told();
      fs.view.mounted(told);
      long file = fs.create("f");
      fs.write(file, 0, Fs.bytes("content"));
      fs.chmod("f", 06777);
      long address = NativeMemory.allocate(8);
      try {
        change.to(fs, file, address);
        InodeAttributes now = new InodeAttributes();
        fs.view.getattr(Fs.CONTEXT, file, now);
        assertThat(now.mode & 07777).isEqualTo(0777);
        assertThat(told.attributes).containsExactly(file);
        // the bits are gone: nothing is left to tell
        change.to(fs, file, address);
        assertThat(told.attributes).hasSize(1);
      } finally {
        NativeMemory.free(address);
      }
    }
  }

  @Test
  void aWriteOfSomebodyWithoutTheRightToKeepThem() throws Exception {
    clears((fs, node, address) -> fs.view.write(Fs.CONTEXT, node, 0, 0, 4, address, true));
  }

  @Test
  void fallocate() throws Exception {
    clears((fs, node, address) -> fs.view.fallocate(Fs.CONTEXT, node, 0, 0, 10_000, 0));
  }

  @Test
  void copyFileRange() throws Exception {
    clears((fs, node, address) -> fs.view.copyFileRange(Fs.CONTEXT, node, 0, 0, node, 0, 20, 4));
  }

  @Test
  void aWriteOfSomebodyWithTheRightKeepsThem() throws Exception {
    try (TestHome home = new TestHome(directory)) {
      Fs fs = home.fs("db");
      Told told = new Told();
      fs.view.mounted(told);
      long file = fs.create("f");
      fs.chmod("f", 06777);
      fs.write(file, 0, Fs.bytes("content"));
      InodeAttributes now = new InodeAttributes();
      fs.view.getattr(Fs.CONTEXT, file, now);
      assertThat(now.mode & 07777).isEqualTo(06777);
      assertThat(told.attributes).isEmpty();
    }
  }
}
