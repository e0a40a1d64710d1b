package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.RestoreRequest;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.OpenFile;
import io.dotfs.daemon.api.DotMessages.StatusReply;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.DotMessages.SubdotStatus;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.HistoryMessages.DiffEntry;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.DiffRequest;
import io.dotfs.daemon.api.HistoryMessages.ShowRequest;
import io.dotfs.daemon.api.MountMessages.LockFile;
import io.dotfs.daemon.api.MountMessages.MountInfo;
import io.dotfs.daemon.api.MountMessages.MountRequest;
import io.dotfs.daemon.api.MountMessages.Owner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to real mounts. All I/O on them is done by child processes. */
@Timeout(300)
class MountedDotsTest {
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount(), "needs root and /dev/fuse");
    daemon = TestDaemon.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  private static CheckoutReply checkout(String dot, String branch, boolean create)
      throws Exception {
    return daemon.client.checkout(
        new CheckoutRequest(Optional.of(dot), branch, create, Optional.empty(), false));
  }

  private static DiffReply diff(String dot, String from, boolean patch) throws Exception {
    return daemon.client.diff(
        new DiffRequest(
            DotSelector.of(dot), Optional.of(from), Optional.empty(), patch, true, List.of()));
  }

  private static StatusReply status(String dot) throws Exception {
    return daemon.client.status(new StatusRequest(DotSelector.of(dot), true));
  }

  @Test
  void dataIsCommittedBranchedAndFoundAgain() throws Exception {
    Path db = daemon.mount("app.db");
    Path cache = daemon.mount("app.cache");
    Shell.run("echo one > " + db + "/a; mkdir " + cache + "/d; echo c > " + cache + "/d/c");
    assertThat(status("app").subdots())
        .extracting(SubdotStatus::subdot)
        .containsExactlyInAnyOrder("db", "cache");
    assertThat(status("app").subdots()).allMatch(s -> s.dirtyBytes() > 0);
    daemon.commit("app", "first");
    assertThat(status("app").subdots()).allMatch(s -> s.dirtyBytes() == 0);

    CheckoutReply made = checkout("app", "dev", true);
    assertThat(made.mounts()).containsExactlyInAnyOrder(db.toString(), cache.toString());
    Shell.run("echo two > " + db + "/a; rm -r " + cache + "/d");
    checkout("app", "master", false);
    assertThat(Shell.run("cat " + db + "/a " + cache + "/d/c")).isEqualTo("one\nc");
    // What was not committed stayed with its branch.
    checkout("app", "dev", false);
    assertThat(Shell.run("cat " + db + "/a; ls " + cache)).isEqualTo("two");
    daemon.commit("app", "second");
    checkout("app", "master", false);
    assertThat(Shell.run("cat " + db + "/a")).isEqualTo("one");
  }

  @Test
  void whatDiffersFromTheWorkingDataIsTold() throws Exception {
    Path db = daemon.mount("differ.db");
    Shell.run(
        "cd "
            + db
            + "; printf 'a\\nb\\nc\\n' > text; printf 'x\\0y' > bin; echo 1 > gone;"
            + " ln -s here link");
    daemon.commit("differ", "base");
    Shell.run(
        "cd "
            + db
            + "; printf 'a\\nB\\nc\\n' > text; printf 'x\\0z' > bin; rm gone;"
            + " mkdir new; echo n > new/file");
    DiffReply diff = diff("differ", "HEAD", true);
    assertThat(diff.to()).isEmpty();
    assertThat(diff.entries())
        .extracting(e -> e.status() + " " + e.path())
        .contains("M db/text", "M db/bin", "D db/gone", "A db/new/file")
        .noneMatch(line -> line.endsWith("link"));
    DiffEntry text = entry(diff, "db/text");
    assertThat(text.patch().orElseThrow()).contains("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
    assertThat(text.binary()).isFalse();
    assertThat(entry(diff, "db/bin").binary()).isTrue();
    assertThat(entry(diff, "db/new/file").newBytes()).isEqualTo(2);
    String id = daemon.commit("differ", "changed").id();
    assertThat(diff("differ", "HEAD", false).entries()).isEmpty();
    assertThat(
            daemon.client.show(new ShowRequest(DotSelector.of("differ"), Optional.empty(), false)))
        .satisfies(
            shown -> {
              assertThat(shown.commit().id()).isEqualTo(id);
              assertThat(shown.diff().entries())
                  .extracting(DiffEntry::path)
                  .contains("db/text", "db/gone");
            });
    DiffReply limited =
        daemon.client.diff(
            new DiffRequest(
                DotSelector.of("differ"),
                Optional.of("HEAD^"),
                Optional.of("HEAD"),
                false,
                false,
                List.of("db/text")));
    assertThat(limited.entries()).extracting(DiffEntry::path).containsExactly("db/text");
    Errors.of(
        ErrorKind.UNKNOWN_PATH,
        () ->
            daemon.client.diff(
                new DiffRequest(
                    DotSelector.of("differ"),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    false,
                    List.of("db/../x"))));
  }

  private static DiffEntry entry(DiffReply diff, String path) {
    return diff.entries().stream().filter(e -> e.path().equals(path)).findFirst().orElseThrow();
  }

  @Test
  void checkoutAndResetRefuseWhileSomethingIsOpenAndNameIt() throws Exception {
    Path db = daemon.mount("busy.db");
    Shell.run("echo 1 > " + db + "/held");
    daemon.commit("busy", "one");
    daemon.commit("busy", "two");
    checkout("busy", "dev", true);
    checkout("busy", "master", false);
    for (String setUp : List.of("exec 3< " + db + "/held", "cd " + db, "exec 3< " + db)) {
      try (Shell.Holder holder = Shell.hold(setUp)) {
        ErrorRecord error = Errors.of(ErrorKind.IN_USE, () -> checkout("busy", "dev", false));
        assertThat(error.message())
            .startsWith("checkout refused: sleep (pid " + holder.pid() + ") has ")
            .contains(db.toString());
        assertThat(error.hint()).contains("dm checkout --force dev");
        assertThat(
                Errors.of(
                        ErrorKind.IN_USE,
                        () ->
                            daemon.client.reset(
                                new ResetRequest(DotSelector.of("busy"), "HEAD^", true, false)))
                    .message())
            .contains("sleep (pid " + holder.pid() + ")");
        assertThat(status("busy").openFiles()).extracting(OpenFile::pid).contains(holder.pid());
      }
    }
    try (Shell.Holder holder = Shell.hold("exec 3< " + db + "/held")) {
      assertThat(holder.pid()).isPositive();
      daemon.client.checkout(
          new CheckoutRequest(Optional.of("busy"), "dev", false, Optional.empty(), true));
    }
    assertThat(status("busy").branch()).isEqualTo("dev");
  }

  @Test
  void aDirtyBranchIsNotResetUnlessHard() throws Exception {
    Path db = daemon.mount("dirty.db");
    Shell.run("echo 1 > " + db + "/f");
    daemon.commit("dirty", "one");
    Shell.run("echo 2 > " + db + "/f; echo x > " + db + "/extra");
    DotSelector dot = DotSelector.of("dirty");
    assertThat(
            Errors.of(
                    ErrorKind.DIRTY,
                    () -> daemon.client.reset(new ResetRequest(dot, "HEAD", false, false)))
                .hint())
        .contains("dm commit, or dm reset --hard HEAD");
    assertThat(Shell.run("cat " + db + "/f")).isEqualTo("2");
    daemon.client.reset(new ResetRequest(dot, "HEAD", true, false));
    assertThat(Shell.run("cat " + db + "/f; ls " + db)).isEqualTo("1\nf");
    assertThat(status("dirty").subdots()).allMatch(s -> s.dirtyBytes() == 0);
  }

  @Test
  void singlePathsComeBack() throws Exception {
    Path db = daemon.mount("paths.db");
    Shell.run("cd " + db + "; echo 1 > f; mkdir d; echo 1 > d/g; echo 1 > other");
    daemon.commit("paths", "one");
    Shell.run("cd " + db + "; echo 2 > f; rm -r d; echo 2 > other");
    DotSelector dot = DotSelector.of("paths");
    daemon.client.restore(new RestoreRequest(dot, Optional.of("HEAD"), List.of("db/f", "db/d")));
    assertThat(Shell.run("cd " + db + "; cat f d/g other")).isEqualTo("1\n1\n2");
    assertThat(
            Errors.of(
                    ErrorKind.UNKNOWN_PATH,
                    () ->
                        daemon.client.restore(
                            new RestoreRequest(dot, Optional.empty(), List.of("db/none"))))
                .message())
        .isEqualTo("no such path in that commit: db/none");
  }

  @Test
  void aSecondPlaceIsTheSameFileSystemAndUnmountTakesOneAway() throws Exception {
    Path first = daemon.mount("twice.db");
    Path second = daemon.directory("second");
    daemon.client.mount(TestDaemon.mountRequest("twice.db", second));
    Shell.run("echo 1 > " + first + "/f");
    assertThat(Shell.run("cat " + second + "/f; stat -c %d " + first + " " + second + " | uniq"))
        .startsWith("1\n")
        .doesNotMatch("1\n.*\n.*");
    assertThat(
            Errors.of(
                    ErrorKind.MOUNTED, () -> daemon.client.dotDelete(new DotDeleteRequest("twice")))
                .message())
        .contains("twice.db is mounted at ");
    daemon.unmount(first);
    assertThat(Shell.run("ls " + first + "; cat " + second + "/f")).isEqualTo("1");
    try (Shell.Holder holder = Shell.hold("exec 3< " + second + "/f")) {
      assertThat(Errors.of(ErrorKind.IN_USE, () -> daemon.unmount(second)).message())
          .contains("sleep (pid " + holder.pid() + ") has file " + second + "/f");
    }
    daemon.unmount(second);
    Errors.of(ErrorKind.NOT_MOUNTED, () -> daemon.unmount(second));
    daemon.client.dotDelete(new DotDeleteRequest("twice"));
  }

  @Test
  void badPlacesAreRefused() throws Exception {
    Path db = daemon.mount("place.db");
    assertThat(
            Errors.of(
                    ErrorKind.ALREADY_EXISTS,
                    () -> daemon.client.mount(TestDaemon.mountRequest("place.x", db)))
                .message())
        .isEqualTo("a dot is mounted at " + db);
    Errors.of(
        ErrorKind.ALREADY_EXISTS,
        () -> daemon.client.mount(TestDaemon.mountRequest("place.x", db.resolve("below"))));
    Errors.of(
        ErrorKind.UNKNOWN_PATH,
        () -> daemon.client.mount(TestDaemon.mountRequest("place.x", Path.of("/no/such"))));
    Errors.of(
        ErrorKind.UNKNOWN_SUBDOT,
        () ->
            daemon.client.mount(
                new MountRequest(
                    "place.none",
                    daemon.directory("none").toString(),
                    Optional.empty(),
                    false,
                    false,
                    Optional.empty(),
                    false,
                    false,
                    false)));
  }

  @Test
  void aCommitIsMountedReadOnlyOrAsAThrowAwayCopy() throws Exception {
    Path db = daemon.mount("past.db");
    try (Shell.Holder server = Shell.hold("true")) {
      Shell.run("echo old > " + db + "/f; echo " + server.pid() + " > " + db + "/postmaster.pid");
      daemon.commit("past", "one");
      Shell.run("echo new > " + db + "/f");

      Path readOnly = daemon.directory("past-ro");
      daemon.mountAt("past.db", readOnly, "HEAD", true, false);
      assertThat(Shell.run("cat " + readOnly + "/f; touch " + readOnly + "/x 2>&1 || true"))
          .startsWith("old")
          .contains("Read-only file system");

      Path copy = daemon.directory("past-copy");
      List<LockFile> pointedOut = daemon.mountAt("past.db", copy, "HEAD", false, false).locks();
      assertThat(pointedOut)
          .containsExactly(new LockFile("db/postmaster.pid", server.pid(), "sleep", false));
      daemon.unmount(copy);
      List<LockFile> dropped = daemon.mountAt("past.db", copy, "HEAD", false, true).locks();
      assertThat(dropped)
          .containsExactly(new LockFile("db/postmaster.pid", server.pid(), "sleep", true));
      assertThat(Shell.run("ls " + copy + "; echo mine > " + copy + "/f; cat " + copy + "/f"))
          .isEqualTo("f\nmine");
      assertThat(Shell.run("cat " + db + "/f; ls " + db)).isEqualTo("new\nf\npostmaster.pid");
      daemon.unmount(copy);
      daemon.unmount(readOnly);
    }
  }

  @Test
  void anOwnerIsShownAndTheRecordedOneKept() throws Exception {
    Path db = daemon.mount("owner.db");
    Shell.run("echo 1 > " + db + "/f; chown 5:6 " + db + "/f");
    Path shown = daemon.directory("shown");
    daemon.client.mount(
        new MountRequest(
            "owner.db",
            shown.toString(),
            Optional.empty(),
            false,
            false,
            Optional.of(new Owner(7, 8)),
            false,
            false,
            false));
    assertThat(Shell.run("stat -c %u:%g " + shown + " " + shown + "/f " + db + "/f"))
        .isEqualTo("7:8\n7:8\n5:6");
    assertThat(Shell.run("chown 9 " + shown + "/f 2>&1 || true"))
        .contains("Operation not permitted");
    Shell.run("chown 7:8 " + shown + "/f");
    assertThat(Shell.run("stat -c %u:%g " + db + "/f")).isEqualTo("5:6");
  }

  @Test
  void mountsComeBackWithTheDaemon() throws Exception {
    try (TestDaemon own = TestDaemon.start()) {
      Path db = own.mount("app.db");
      Path pinned = own.directory("pinned");
      Shell.run("echo 1 > " + db + "/f");
      own.commit("app", "one");
      own.client.checkout(
          new CheckoutRequest(Optional.of("app"), "dev", true, Optional.empty(), false));
      own.client.mount(TestDaemon.mountRequest("app@master.db", pinned));
      Path copy = own.directory("copy");
      own.mountAt("app.db", copy, "HEAD", false, false);
      Shell.run("echo dev > " + db + "/f");
      Shell.run("echo copy > " + copy + "/f");
      List<MountInfo> before = own.mounts();
      own.restart();
      assertThat(own.mounts()).isEqualTo(before);
      assertThat(before).extracting(MountInfo::branch).containsExactly("dev", "dev", "master");
      assertThat(Shell.run("cat " + db + "/f " + pinned + "/f " + copy + "/f"))
          .isEqualTo("dev\n1\ncopy");
      own.unmount(copy);
      own.mountAt("app.db", copy, "HEAD", false, false);
      assertThat(Shell.run("cat " + copy + "/f")).isEqualTo("1");
      own.client.checkout(
          new CheckoutRequest(Optional.of("app"), "master", false, Optional.empty(), false));
      assertThat(Shell.run("cat " + db + "/f " + pinned + "/f")).isEqualTo("1\n1");
    }
  }

  @Test
  void allSubdotsAreMountedBeneathADirectory() throws Exception {
    Path one = daemon.mount("all.one");
    Path two = daemon.mount("all.two");
    Shell.run("echo 1 > " + one + "/f; echo 2 > " + two + "/f");
    Path root = daemon.directory("all-root");
    daemon.client.mount(TestDaemon.mountRequest("all.__root__", root));
    assertThat(Shell.run("cat " + root + "/one/f " + root + "/two/f")).isEqualTo("1\n2");
    daemon.unmount(root);
    assertThat(Shell.run("ls " + root + "/one " + root + "/two")).doesNotContain("f");
  }

  @Test
  void subdotsThatComeAndGoDoSoBeneathTheDirectoryToo() throws Exception {
    try (TestDaemon own = TestDaemon.start()) {
      Path one = own.mount("all.one");
      Path root = own.directory("root");
      own.client.mount(TestDaemon.mountRequest("all.__root__", root));
      own.commit("all", "one");
      Path two = own.mount("all.two");
      Shell.run("echo 2 > " + root + "/two/f");
      assertThat(Shell.run("ls " + root + "; cat " + two + "/f")).isEqualTo("one\ntwo\n2");
      own.commit("all", "two");
      own.unmount(two);
      own.client.checkout(
          new CheckoutRequest(Optional.of("all"), "old", true, Optional.of("HEAD^"), false));
      assertThat(Shell.run("ls " + root)).isEqualTo("one");
      own.restart();
      own.client.checkout(
          new CheckoutRequest(Optional.of("all"), "master", false, Optional.empty(), false));
      assertThat(Shell.run("ls " + root + "; cat " + root + "/two/f")).isEqualTo("one\ntwo\n2");
      own.unmount(root);
      own.mount("all.three");
      assertThat(Shell.run("ls " + root)).doesNotContain("three");
      assertThat(Shell.run("ls " + one)).isEmpty();
    }
  }
}
