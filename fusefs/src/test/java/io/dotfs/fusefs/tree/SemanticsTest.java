package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.fusefs.vfs.OpenReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ext4 does, one inode operation at a time. */
class SemanticsTest {
  @TempDir Path directory;
  private TestHome home;
  private Fs fs;

  @BeforeEach
  void open() throws Exception {
    home = new TestHome(directory);
    fs = home.fs("db");
  }

  @AfterEach
  void close() throws Exception {
    home.close();
  }

  private interface Operation {
    void run() throws Exception;
  }

  private static void fails(int errno, Operation operation) {
    assertThatThrownBy(operation::run)
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void writesAreReadBack() throws Exception {
    fs.put("a", "hello");
    assertThat(fs.text("a")).isEqualTo("hello");
    assertThat(fs.stat("a").size).isEqualTo(5);
    long node = fs.open("a");
    fs.write(node, 100_000, Fs.bytes("end"));
    assertThat(fs.stat("a").size).isEqualTo(100_003);
    assertThat(fs.read(node, 5, 10)).containsOnly(0);
    assertThat(fs.read(node, 99_999, 100)).hasSize(4).startsWith(0, 'e');
    assertThat(fs.read(node, 100_003, 1)).isEmpty();
    fs.truncate("a", 3);
    fs.truncate("a", 10);
    assertThat(fs.get("a")).isEqualTo(new byte[] {'h', 'e', 'l', 0, 0, 0, 0, 0, 0, 0});
  }

  @Test
  void linkCountsFollowNames() throws Exception {
    fs.mkdir("d");
    assertThat(fs.stat("").linkCount).isEqualTo(3);
    assertThat(fs.stat("d").linkCount).isEqualTo(2);
    fs.put("f", "x");
    fs.link("f", "d/g");
    assertThat(fs.stat("f").linkCount).isEqualTo(2);
    assertThat(fs.node("f")).isEqualTo(fs.node("d/g"));
    fs.unlink("f");
    assertThat(fs.stat("d/g").linkCount).isEqualTo(1);
    fs.mkdir("d/e");
    fs.rename("d/e", "e");
    assertThat(fs.stat("d").linkCount).isEqualTo(2);
    assertThat(fs.stat("").linkCount).isEqualTo(4);
    fs.rmdir("e");
    assertThat(fs.stat("").linkCount).isEqualTo(3);
  }

  @Test
  void refusesWhatExt4Refuses() throws Exception {
    fs.mkdir("d");
    fs.put("d/f", "x");
    fs.put("f", "y");
    fs.mkdir("e");
    fails(2, () -> fs.node("nothing"));
    fails(17, () -> fs.mkdir("d"));
    fails(39, () -> fs.rmdir("d"));
    fails(20, () -> fs.rmdir("f"));
    fails(21, () -> fs.unlink("d"));
    fails(22, () -> fs.rename("d", "d/x"));
    fails(39, () -> fs.rename("e", "d"));
    fails(20, () -> fs.rename("d", "f"));
    fails(21, () -> fs.rename("f", "d"));
    fails(17, () -> fs.rename("f", "e", 1));
    fails(2, () -> fs.rename("f", "nothing", 2));
    fails(36, () -> fs.mkdir("n".repeat(256)));
    fails(1, () -> fs.link("d", "dd"));
    fails(27, () -> fs.write(fs.node("f"), FileOps.MAX_FILE_BYTES, new byte[1]));
    fs.mkdir("n".repeat(255));
  }

  @Test
  void renameReplacesAndExchanges() throws Exception {
    fs.put("a", "A");
    fs.put("b", "B");
    fs.mkdir("d");
    fs.put("d/c", "C");
    fs.rename("a", "d", 2);
    assertThat(fs.text("d")).isEqualTo("A");
    assertThat(fs.text("a/c")).isEqualTo("C");
    long open = fs.open("b");
    fs.rename("d", "b");
    assertThat(fs.text("b")).isEqualTo("A");
    assertThat(fs.exists("d")).isFalse();
    assertThat(fs.read(open, 0, 9)).isEqualTo(Fs.bytes("B"));
    assertThat(fs.stat(open).linkCount).isZero();
    fs.close(open);
  }

  @Test
  void anUnlinkedFileLivesUntilItIsForgotten() throws Exception {
    fs.put("a", "old");
    long node = fs.open("a");
    fs.unlink("a");
    fs.write(node, 3, Fs.bytes("er"));
    fs.truncate(node, 4);
    assertThat(fs.read(node, 0, 9)).isEqualTo(Fs.bytes("olde"));
    fs.put("a", "new");
    assertThat(fs.text("a")).isEqualTo("new");
    fs.close(node);
    fs.view.forget(node, 1000);
    fails(116, () -> fs.stat(node));
  }

  @Test
  void aListingNeitherSkipsNorRepeatsWhatStays() throws Exception {
    fs.mkdir("d");
    for (int i = 0; i < 300; i++) {
      fs.put("d/f" + i, "x");
    }
    long node = fs.node("d");
    OpenReply open = new OpenReply();
    fs.view.opendir(Fs.CONTEXT, node, 0, open);
    List<String> seen = new ArrayList<>();
    long[] cookie = {0};
    int round = 0;
    int before;
    do {
      before = seen.size();
      int[] room = {5};
      fs.view.readdir(
          Fs.CONTEXT,
          node,
          open.handle,
          cookie[0],
          new ListSink(
              (name, next) -> {
                if (room[0]-- == 0) {
                  return false;
                }
                seen.add(name);
                cookie[0] = next;
                return true;
              }));
      // Entries come and go on both sides of the position.
      fs.put("d/new" + round, "y");
      fs.unlink("d/new" + round);
      if (round < 50) {
        fs.unlink("d/f" + (2 * round + 100));
      }
      round++;
    } while (seen.size() > before);
    for (int i = 0; i < 300; i++) {
      if (i < 100 || i >= 200 || i % 2 == 1) {
        assertThat(seen).containsOnlyOnce("f" + i);
      }
    }
  }

  @Test
  void holesArePunchedAndFound() throws Exception {
    long node = fs.create("a");
    byte[] data = new byte[256 << 10];
    java.util.Arrays.fill(data, (byte) 7);
    fs.write(node, 0, data);
    fs.punch(node, 64 << 10, 64 << 10);
    assertThat(fs.read(node, 64 << 10, 64 << 10)).containsOnly(0);
    assertThat(fs.read(node, 128 << 10, 1)).containsOnly(7);
    assertThat(fs.view.lseek(Fs.CONTEXT, node, 0, 0, 4)).isEqualTo(64 << 10);
    assertThat(fs.view.lseek(Fs.CONTEXT, node, 0, 65 << 10, 3)).isEqualTo(128 << 10);
    assertThat(fs.view.lseek(Fs.CONTEXT, node, 0, 128 << 10, 4)).isEqualTo(256 << 10);
    fs.view.fallocate(Fs.CONTEXT, node, 0, 0, 512 << 10, 0);
    assertThat(fs.stat(node).size).isEqualTo(512 << 10);
    fails(6, () -> fs.view.lseek(Fs.CONTEXT, node, 0, 512 << 10, 3));
  }

  /** The block that a file ends in goes with a hole that reaches the end. */
  @Test
  void aHoleToTheEndLeavesNoData() throws Exception {
    long node = fs.create("a");
    byte[] data = new byte[300_000];
    java.util.Arrays.fill(data, (byte) 7);
    fs.write(node, 0, data);
    fs.punch(node, 290_000, 20_000);
    fs.punch(node, 0, 300_000);
    assertThat(fs.read(node, 0, 300_000)).hasSize(300_000).containsOnly(0);
    fails(6, () -> fs.view.lseek(Fs.CONTEXT, node, 0, 0, 3));
  }

  @Test
  void extendedAttributesComeAndGo() throws Exception {
    fs.put("a", "x");
    long node = fs.node("a");
    fails(61, () -> fs.view.getxattr(Fs.CONTEXT, node, Fs.bytes("user.k")));
    fs.view.setxattr(Fs.CONTEXT, node, Fs.bytes("user.k"), Fs.bytes("v"), 0, false);
    assertThat(fs.view.getxattr(Fs.CONTEXT, node, Fs.bytes("user.k"))).isEqualTo(Fs.bytes("v"));
    assertThat(fs.view.listxattr(Fs.CONTEXT, node)).isEqualTo(Fs.bytes("user.k\0"));
    fails(17, () -> fs.view.setxattr(Fs.CONTEXT, node, Fs.bytes("user.k"), new byte[0], 1, false));
    fs.view.removexattr(Fs.CONTEXT, node, Fs.bytes("user.k"));
    fails(61, () -> fs.view.removexattr(Fs.CONTEXT, node, Fs.bytes("user.k")));
  }

  @Test
  void extendedAttributesAreOfAKnownClassAndTrustedOnesHidden() throws Exception {
    fs.put("a", "x");
    long node = fs.node("a");
    for (String name : List.of("unknown.k", "noclass", "user.", "system.other")) {
      fails(95, () -> fs.view.setxattr(Fs.CONTEXT, node, Fs.bytes(name), Fs.bytes("v"), 0, false));
    }
    fs.view.setxattr(Fs.CONTEXT, node, Fs.bytes("trusted.k"), Fs.bytes("v"), 0, false);
    fs.view.setxattr(Fs.CONTEXT, node, Fs.bytes("user.k"), Fs.bytes("v"), 0, false);
    assertThat(fs.view.listxattr(Fs.CONTEXT, node)).isEqualTo(Fs.bytes("trusted.k\0user.k\0"));
    assertThat(fs.view.listxattr(new TestContext(1000, 1000), node))
        .isEqualTo(Fs.bytes("user.k\0"));
  }

  @Test
  void everythingIsThereAfterReopening() throws Exception {
    fs.mkdir("d");
    fs.put("d/f", "text");
    fs.symlink("d/f", "s");
    fs.link("d/f", "g");
    long inode = fs.stat("d/f").inode;
    List<String> before = fs.dump("");
    home.close();
    home = new TestHome(directory);
    fs = home.fs("db");
    assertThat(fs.dump("")).isEqualTo(before);
    assertThat(fs.stat("g").inode).isEqualTo(inode);
    assertThat(home.tree.dirtyBytes()).isEqualTo(4);
  }
}
