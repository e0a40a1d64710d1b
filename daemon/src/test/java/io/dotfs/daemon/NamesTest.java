package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.DotMessages.DotRenameRequest;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.ForkRequest;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.ResolveRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Renaming and forking dots, and uncommitted data that changes its branch. */
class NamesTest {
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = TestDaemon.start();
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private List<String> dots() throws Exception {
    return daemon.client.list(new ListRequest()).dots().stream().map(DotSummary::name).toList();
  }

  private String head(String dot, String revision) throws Exception {
    return daemon.client.resolve(new ResolveRequest(DotSelector.of(dot), revision)).id();
  }

  @Test
  void aRenamedDotKeepsHistoryAndUncommittedData() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path db = daemon.mount("shop.db");
    Shell.run("echo 1 > " + db + "/f");
    String one = daemon.commit("shop", "one").id();
    Shell.run("echo 2 > " + db + "/f");
    daemon.client.tagCreate(
        new TagCreateRequest(
            DotSelector.of("shop"), "v1", Optional.empty(), Optional.empty(), false));
    assertThat(
            Errors.of(
                    ErrorKind.MOUNTED,
                    () -> daemon.client.dotRename(new DotRenameRequest("shop", "store")))
                .message())
        .contains(db.toString());
    daemon.unmount(db);
    daemon.init("other");
    Errors.of(
        ErrorKind.ALREADY_EXISTS,
        () -> daemon.client.dotRename(new DotRenameRequest("shop", "other")));
    assertThat(daemon.client.dotRename(new DotRenameRequest("shop", "team/store")).name())
        .isEqualTo("team/store");
    assertThat(dots()).containsExactly("admin/other", "team/store");
    daemon.restart();
    assertThat(head("team/store", "HEAD")).isEqualTo(one);
    assertThat(head("team/store", "v1")).isEqualTo(one);
    assertThat(Shell.run("cat " + daemon.mount("team/store.db") + "/f")).isEqualTo("2");
    Errors.of(
        ErrorKind.UNKNOWN_DOT,
        () -> daemon.client.dotShow(new DotShowRequest(Optional.of("shop"))));
    daemon.init("shop");
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> head("shop", "v1"));
  }

  @Test
  void aForkBeginsWithTheHistoryAndGoesItsOwnWay() throws Exception {
    daemon.init("shop");
    String one = daemon.commit("shop", "one").id();
    assertThat(daemon.client.fork(new ForkRequest("shop", "try")).commits()).isEqualTo(1);
    String two = daemon.commit("try", "two").id();
    assertThat(head("try", "HEAD^")).isEqualTo(one);
    assertThat(head("try", "HEAD")).isEqualTo(two);
    assertThat(head("shop", "HEAD")).isEqualTo(one);
    Errors.of(ErrorKind.ALREADY_EXISTS, () -> daemon.client.fork(new ForkRequest("shop", "try")));
    Errors.of(ErrorKind.UNKNOWN_DOT, () -> daemon.client.fork(new ForkRequest("none", "some")));
    Errors.of(ErrorKind.INVALID_NAME, () -> daemon.client.fork(new ForkRequest("shop", "_x")));
  }

  private static CheckoutRequest carry(String branch, boolean create, String start) {
    return new CheckoutRequest(
        Optional.of("shop"),
        branch,
        create,
        start.isEmpty() ? Optional.empty() : Optional.of(start),
        false,
        true);
  }

  @Test
  void uncommittedDataIsCarriedUnderWhoeverHasItOpen() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path db = daemon.mount("shop.db");
    Shell.run("echo 1 > " + db + "/f");
    daemon.commit("shop", "one");
    Shell.run("echo 2 > " + db + "/f");
    daemon.commit("shop", "two");
    Shell.run("echo 3 > " + db + "/f");
    Errors.of(ErrorKind.DIRTY, () -> daemon.client.checkout(carry("dev", true, "HEAD^")));
    Errors.of(ErrorKind.UNKNOWN_BRANCH, () -> daemon.client.checkout(carry("dev", false, "")));
    try (Shell.Holder holder = Shell.hold("cd " + db)) {
      assertThat(holder.pid()).isPositive();
      daemon.client.checkout(carry("dev", true, ""));
    }
    assertThat(Shell.run("cat " + db + "/f")).isEqualTo("3");
    daemon.client.checkout(
        new CheckoutRequest(Optional.of("shop"), "master", false, Optional.empty(), false));
    assertThat(Shell.run("cat " + db + "/f")).isEqualTo("2");
    Shell.run("echo 4 > " + db + "/f");
    assertThat(
            Errors.of(ErrorKind.DIRTY, () -> daemon.client.checkout(carry("dev", false, "")))
                .message())
        .contains("of its own");
    daemon.restart();
    assertThat(Shell.run("cat " + db + "/f")).isEqualTo("4");
  }
}
