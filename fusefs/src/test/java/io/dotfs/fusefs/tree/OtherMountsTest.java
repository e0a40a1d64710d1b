package io.dotfs.fusefs.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.vfs.KernelCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the mounts of a tree hear of each other's changes. */
class OtherMountsTest {
  @TempDir private Path directory;

  /** Keeps what it is told. */
  private static final class Told implements KernelCache {
    final List<String> messages = new ArrayList<>();

    @Override
    public void invalidateInode(long nodeId, long offset, long length) {
      messages.add("inode " + (nodeId == 1 ? "root" : "file"));
    }

    @Override
    public void invalidateEntry(long parentNodeId, byte[] name) {
      messages.add("name " + new String(name, UTF_8));
    }

    @Override
    public void invalidateAllNames() {
      messages.add("all names");
    }

    @Override
    public void awaitDelivery() {}
  }

  private static Told mounted(Fs fs) {
    Told told = new Told();
    fs.view.mounted(told);
    return told;
  }

  @Test
  void onlyTheMountsOfTheSameSubdotAreTold() throws Exception {
    try (TestHome home = new TestHome(directory)) {
      Fs first = home.fs("db");
      Told own = mounted(first);
      Told second = mounted(home.fs("db"));
      Told neighbour = mounted(home.fs("cache"));
      long file = first.create("f");
      first.write(file, 0, Fs.bytes("data"));
      assertThat(second.messages).contains("name f", "inode root", "inode file");
      assertThat(neighbour.messages).isEmpty();
      assertThat(own.messages).isEmpty();
    }
  }
}
