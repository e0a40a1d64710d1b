package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.overlay.MetaBatch;
import io.dotfs.fusefs.overlay.MetaCursor;
import io.dotfs.fusefs.overlay.Table;
import io.dotfs.fusefs.vfs.Errno;
import io.dotfs.fusefs.vfs.FileSystemException;
import io.dotfs.objectstore.object.ByteName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with more names than their rows have room for. */
class MoreNamesTest {
  private static final int NAMES = 300;

  @TempDir private Path directory;
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

  private void reopen() throws Exception {
    home.close();
    open();
  }

  private static String name(int number) {
    return (number % 2 == 0 ? "d/" : "e/") + number;
  }

  private void makeNames() throws Exception {
    fs.mkdir("d");
    fs.mkdir("e");
    fs.put(name(0), "text");
    for (int i = 1; i < NAMES; i++) {
      fs.link(name(i - 1), name(i));
    }
  }

  private int rowBytes(long number) throws Exception {
    return home.home.metadata().get(Table.INODES, Keys.number(number)).orElseThrow().length;
  }

  private int rows() throws Exception {
    int rows = 0;
    byte[] end = {-1, -1};
    try (MetaCursor cursor = home.home.metadata().cursor(Table.MORE_NAMES, new byte[] {0}, end)) {
      while (cursor.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Test
  void aRowStaysSmallAndEachNameCounts() throws Exception {
    makeNames();
    assertThat(fs.stat(name(7)).linkCount).isEqualTo(NAMES);
    assertThat(rowBytes(fs.node(name(0)))).isLessThan(500);
    assertThat(rows()).isEqualTo(NAMES - MoreNames.IN_THE_ROW);
    assertThat(home.tree.sizeBytes()).isEqualTo(fs.bytesBelow(""));
    reopen();
    assertThat(fs.stat(name(NAMES - 1)).linkCount).isEqualTo(NAMES);
    assertThat(home.tree.sizeBytes()).isEqualTo(fs.bytesBelow(""));
  }

  @Test
  void namesGoInAnyOrderAndLeaveNothing() throws Exception {
    makeNames();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < NAMES; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(5));
    for (int i = 0; i < NAMES / 2; i++) {
      fs.unlink(name(order.get(i)));
    }
    reopen();
    fs.rename(name(order.get(NAMES - 1)), "e/renamed");
    fs.put("other", "o");
    fs.rename("other", "e/renamed", 2);
    assertThat(fs.text("e/renamed")).isEqualTo("o");
    assertThat(fs.stat("other").linkCount).isEqualTo(NAMES / 2);
    for (int i = NAMES / 2; i < NAMES - 1; i++) {
      assertThat(fs.text(name(order.get(i)))).isEqualTo("text");
      fs.unlink(name(order.get(i)));
    }
    assertThat(fs.stat("other").linkCount).isEqualTo(1);
    assertThat(rows()).isZero();
    fs.unlink("other");
    assertThat(home.tree.sizeBytes()).isEqualTo(1);
  }

  @Test
  void aCommitHasTheNamesOfItsInstant() throws Exception {
    makeNames();
    List<String> before = fs.dump("");
    CommitResult first =
        home.commit(
            home.tree,
            pause -> {
              fs.link(name(0), "new");
              for (int i = 1; i < NAMES; i += 3) {
                fs.unlink(name(i));
              }
              fs.put(name(0), "changed");
            });
    List<String> after = fs.dump("");
    assertThat(home.at(first, "db").dump("")).isEqualTo(before);
    CommitResult second = home.commit();
    Fs at = home.at(second, "db");
    assertThat(at.dump("")).isEqualTo(after);
    // A change through one name of a commit shows under all.
    at.put("new", "more");
    assertThat(at.text(name(2))).isEqualTo("more");
    assertThat(at.stat("new").linkCount).isEqualTo(fs.stat("new").linkCount);
    fs.put("new", "third");
    assertThat(home.at(home.commit(), "db").text(name(NAMES - 1 - NAMES % 2))).isEqualTo("third");
  }

  @Test
  void aRowOfVersionTwoWithAllNamesIsReadAndGetsSmall() throws Exception {
    fs.put("a", "x");
    long number = fs.node("a");
    reopen();
    Inode old = new Inode(number);
    byte[] now = home.home.metadata().get(Table.INODES, Keys.number(number)).orElseThrow();
    InodeCodec.decode(now, old);
    List<Link> links = new ArrayList<>(old.links);
    try (MetaBatch batch = home.home.metadata().newBatch()) {
      for (int i = 0; i < 40; i++) {
        Link link = new Link(links.get(0).parent(), ByteName.of("old" + i));
        links.add(link);
        batch.put(Table.NAMES, Keys.name(link.parent(), link.name().toBytes()), Names.row(old));
      }
      old.links = links;
      batch.put(Table.INODES, Keys.number(number), asVersionTwo(old));
      home.home.metadata().write(batch);
    }
    reopen();
    assertThat(fs.stat("old39").linkCount).isEqualTo(41);
    assertThat(rows()).isZero();
    fs.link("a", "new");
    assertThat(fs.stat("old39").linkCount).isEqualTo(42);
    assertThat(rows()).isEqualTo(42 - MoreNames.IN_THE_ROW);
    fs.unlink("old39");
    assertThat(fs.stat("new").linkCount).isEqualTo(41);
  }

  /** As ext4 has it; link(2): EMLINK. */
  @Test
  void aFileHas65000NamesAndNoMore() throws Exception {
    fs.put("f", "x");
    for (int i = 1; i < 65_000; i++) {
      fs.link("f", Integer.toString(i));
    }
    assertThat(fs.stat("f").linkCount).isEqualTo(65_000);
    assertThatThrownBy(() -> fs.link("f", "more"))
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMLINK));
    fs.unlink("1");
    fs.link("f", "again");
    assertThat(fs.stat("again").linkCount).isEqualTo(65_000);
  }

  /** Without the count of names in rows of their own, which lies before target and xattrs. */
  private static byte[] asVersionTwo(Inode inode) {
    byte[] row = InodeCodec.encode(inode, 1);
    int behind = 2 + inode.target.length + 4;
    int at = row.length - behind - 4;
    assertThat(ByteBuffer.wrap(row).getInt(at)).isZero();
    byte[] old = Arrays.copyOf(row, row.length - 4);
    System.arraycopy(row, at + 4, old, at, behind);
    old[0] = 2;
    return old;
  }
}
