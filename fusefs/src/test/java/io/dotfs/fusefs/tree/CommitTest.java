package io.dotfs.fusefs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.fusefs.commit.CommitResult;
import io.dotfs.fusefs.commit.LiveSnapshot;
import io.dotfs.objectstore.codec.CommitCodec;
import io.dotfs.objectstore.object.ObjectType;
import io.dotfs.objectstore.store.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit holds, what is dirty afterwards, and what a tree over it shows. */
class CommitTest {
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

  @Test
  void aTreeOverACommitShowsIt() throws Exception {
    fs.mkdir("d");
    fs.put("d/f", "text");
    byte[] big = new byte[300_000];
    new Random(1).nextBytes(big);
    fs.put("big", big);
    fs.symlink("d/f", "s");
    fs.chmod("d", 0700);
    List<String> before = fs.dump("");
    CommitResult first = home.commit();
    assertThat(home.tree.dirtyBytes()).isZero();
    assertThat(home.tree.hasChanges()).isFalse();
    assertThat(home.tree.base()).contains(first.id());
    assertThat(home.home.refs().get(TestHome.MASTER)).contains(first.id());
    assertThat(fs.dump("")).isEqualTo(before);
    assertThat(home.at(first, "db").dump("")).isEqualTo(before);

    long node = fs.open("big");
    fs.write(node, 100_000, Fs.bytes("changed"));
    fs.close(node);
    fs.unlink("d/f");
    fs.put("d/new", "new");
    assertThat(home.tree.hasChanges()).isTrue();
    assertThat(home.tree.dirtyBytes()).isEqualTo(16384 + 3);
    List<String> after = fs.dump("");
    CommitResult second = home.commit();
    assertThat(second.stored().storedBytes()).isLessThan(40_000);
    assertThat(home.at(first, "db").dump("")).isEqualTo(before);
    assertThat(home.at(second, "db").dump("")).isEqualTo(after);
    assertThat(fs.dump("")).isEqualTo(after);
    assertThat(home.tree.dirtyBytes()).isZero();
  }

  @Test
  void manyCommitsLeaveFewPacks() throws Exception {
    ObjectStore objects = home.home.objects();
    List<CommitResult> commits = new ArrayList<>();
    List<List<String>> states = new ArrayList<>();
    // Merging goes on behind the commits: sooner or later there are fewer packs than commits.
    while (objects.packs().size() >= commits.size() && commits.size() < 1000) {
      fs.put("f" + commits.size() % 10, "text " + commits.size());
      commits.add(home.commit());
      states.add(fs.dump(""));
    }
    assertThat(objects.packs().size()).isLessThan(commits.size());
    for (int i = 0; i < commits.size(); i++) {
      assertThat(home.at(commits.get(i), "db").dump("")).isEqualTo(states.get(i));
    }
  }

  @Test
  void aTreeOverACommitCanBeChangedAndCommitted() throws Exception {
    byte[] big = new byte[200_000];
    new Random(2).nextBytes(big);
    fs.put("big", big);
    fs.mkdir("d");
    fs.put("d/a", "a");
    fs.put("d/b", "b");
    CommitResult first = home.commit();
    WorkingTree other = home.trees.openOrCreate("admin/d@other", Optional.of(first.id()));
    Fs there = new Fs(other.view("db"));
    long node = there.open("big");
    there.write(node, 20_000, Fs.bytes("xyz"));
    System.arraycopy(Fs.bytes("xyz"), 0, big, 20_000, 3);
    assertThat(there.get("big")).isEqualTo(big);
    there.truncate(node, 50_000);
    there.truncate(node, 120_000);
    Arrays.fill(big, 50_000, 120_000, (byte) 0);
    big = Arrays.copyOf(big, 120_000);
    assertThat(there.get("big")).isEqualTo(big);
    there.punch(node, 1000, 30_000);
    Arrays.fill(big, 1000, 31_000, (byte) 0);
    assertThat(there.get("big")).isEqualTo(big);
    there.close(node);
    there.rename("d/a", "moved");
    there.unlink("d/b");
    there.put("d/b", "again");
    List<String> expected = there.dump("");
    CommitResult second = home.commit(other);
    assertThat(home.at(second, "db").dump("")).isEqualTo(expected);
    assertThat(there.dump("")).isEqualTo(expected);
    assertThat(fs.text("d/a")).isEqualTo("a");
  }

  @Test
  void aNoChangeCommitStoresTheCommitAlone() throws Exception {
    fs.put("a", "x");
    CommitResult first = home.commit();
    CommitResult second = home.commit();
    assertThat(second.stored().objects()).isEqualTo(1);
    assertThat(second.changedInodes()).isZero();
    assertThat(CommitCodec.decode(home.home.objects().read(second.id(), ObjectType.COMMIT)).tree())
        .isEqualTo(
            CommitCodec.decode(home.home.objects().read(first.id(), ObjectType.COMMIT)).tree());
  }

  @Test
  void aRemovedAndCommittedNameStaysAway() throws Exception {
    fs.put("a", "x");
    home.commit();
    fs.unlink("a");
    CommitResult second = home.commit();
    assertThat(fs.list("")).isEmpty();
    assertThat(home.at(second, "db").list("")).isEmpty();
    home.close();
    home = new TestHome(directory);
    fs = home.fs("db");
    assertThat(fs.list("")).isEmpty();
  }

  @Test
  void aSnapshotForDiffLeavesEverythingDirty() throws Exception {
    fs.put("a", "x");
    home.commit();
    fs.put("b", "y");
    long dirty = home.tree.dirtyBytes();
    try (LiveSnapshot live = home.committer.capture(home.tree)) {
      assertThat(live.root().totals().files()).isEqualTo(2);
      assertThat(
              new io.dotfs.objectstore.directory.DirectoryReader(live.reader())
                  .find(live.root(), io.dotfs.objectstore.object.ByteName.of("db")))
          .isPresent();
    }
    assertThat(home.tree.dirtyBytes()).isEqualTo(dirty);
    assertThat(home.tree.hasChanges()).isTrue();
    CommitResult second = home.commit();
    assertThat(home.at(second, "db").text("b")).isEqualTo("y");
    assertThat(home.tree.dirtyBytes()).isZero();
  }

  @Test
  void pathsComeBackFromACommit() throws Exception {
    fs.mkdir("d");
    fs.put("d/a", "old");
    CommitResult first = home.commit();
    fs.put("d/a", "new");
    io.dotfs.objectstore.directory.DirectoryReader reader =
        new io.dotfs.objectstore.directory.DirectoryReader(home.home.objects());
    var root = CommitCodec.decode(home.home.objects().read(first.id(), ObjectType.COMMIT)).tree();
    var db = reader.find(root, io.dotfs.objectstore.object.ByteName.of("db")).orElseThrow();
    var d =
        reader
            .find(
                (io.dotfs.objectstore.object.DirectoryRef) db.content(),
                io.dotfs.objectstore.object.ByteName.of("d"))
            .orElseThrow();
    fs.rename("d", "e");
    home.tree.restore("db", List.of(io.dotfs.objectstore.object.ByteName.of("d")), Optional.of(d));
    assertThat(fs.text("d/a")).isEqualTo("old");
    assertThat(fs.text("e/a")).isEqualTo("new");
    assertThat(home.tree.sizeBytes()).isEqualTo(fs.bytesBelow(""));
    fs.put("d/more", "more");
    home.tree.restore("db", List.of(io.dotfs.objectstore.object.ByteName.of("d")), Optional.of(d));
    assertThat(home.tree.sizeBytes()).isEqualTo(fs.bytesBelow(""));
    assertThat(fs.stat("").linkCount).isEqualTo(4);
    CommitResult second = home.commit();
    assertThat(home.at(second, "db").text("d/a")).isEqualTo("old");
    home.tree.restore(
        "db", List.of(io.dotfs.objectstore.object.ByteName.of("e")), Optional.empty());
    assertThat(fs.exists("e")).isFalse();
    assertThat(home.tree.sizeBytes()).isEqualTo(fs.bytesBelow(""));
    home.close();
    home = new TestHome(directory);
    assertThat(home.tree.sizeBytes()).isEqualTo(home.fs("db").bytesBelow(""));
  }

  @Test
  void whatIsWrittenDuringACommitIsInTheNext() throws Exception {
    byte[] data = new byte[100_000];
    new Random(3).nextBytes(data);
    fs.put("a", data);
    home.commit();
    long node = fs.open("a");
    CommitResult first =
        home.commit(
            home.tree,
            pause -> {
              fs.write(node, 32768, new byte[] {1, 2, 3});
            });
    assertThat(home.at(first, "db").get("a")).isEqualTo(data);
    System.arraycopy(new byte[] {1, 2, 3}, 0, data, 32768, 3);
    assertThat(home.tree.dirtyBytes()).isEqualTo(16384);
    home.close();
    home = new TestHome(directory);
    Fs again = home.fs("db");
    assertThat(again.get("a")).isEqualTo(data);
    assertThat(home.tree.dirtyBytes()).isEqualTo(16384);
    CommitResult second = home.commit(home.tree, pause -> again.truncate(again.node("a"), 150_000));
    assertThat(home.at(second, "db").get("a")).isEqualTo(data);
    assertThat(again.get("a")).isEqualTo(Arrays.copyOf(data, 150_000));
  }

  /** A dump that is written anew, under another name first or over the old one. */
  @Test
  void aFileThatIsReplacedWithAByteInFrontStoresDifferences() throws Exception {
    byte[] dump = new byte[2 << 20];
    new Random(3).nextBytes(dump);
    fs.put("dump", dump);
    assertThat(home.commit().stored().storedBytes()).isGreaterThan(dump.length);
    byte[] longer = new byte[dump.length + 1];
    System.arraycopy(dump, 0, longer, 1, dump.length);
    fs.put("dump.new", longer);
    fs.rename("dump.new", "dump");
    assertThat(home.commit().stored().storedBytes()).isLessThan(40_000);
    byte[] third = longer.clone();
    third[5000] ^= 1;
    long node = fs.open("dump");
    fs.truncate(node, 0);
    fs.write(node, 0, third);
    fs.close(node);
    CommitResult last = home.commit();
    assertThat(last.stored().storedBytes()).isLessThan(40_000);
    assertThat(home.at(last, "db").get("dump")).isEqualTo(third);
  }
}
