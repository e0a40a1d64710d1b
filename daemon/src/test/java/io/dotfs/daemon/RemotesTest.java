package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import io.dotfs.daemon.api.HistoryMessages.ResolveRequest;
import io.dotfs.daemon.api.Progress;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.RemoteMessages.CloneRequest;
import io.dotfs.daemon.api.RemoteMessages.FetchRequest;
import io.dotfs.daemon.api.RemoteMessages.PullRequest;
import io.dotfs.daemon.api.RemoteMessages.PushRequest;
import io.dotfs.daemon.api.RemoteMessages.RefUpdate;
import io.dotfs.daemon.api.RemoteMessages.RemoteDotInfo;
import io.dotfs.daemon.api.RemoteMessages.RemoteListRequest;
import io.dotfs.daemon.api.RemoteMessages.RemoteSpec;
import io.dotfs.daemon.api.RemoteMessages.TransferReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two homes and a directory between them. */
@Timeout(300)
class RemotesTest {
  @TempDir Path directory;
  private TestDaemon here;
  private TestDaemon there;
  private RemoteSpec remote;

  @BeforeEach
  void start() throws Exception {
    here = TestDaemon.start();
    there = TestDaemon.start();
    remote =
        new RemoteSpec(
            "store", "file://" + directory.resolve("store"), Optional.empty(), Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    here.close();
    there.close();
  }

  private TransferReply push(TestDaemon daemon, boolean force) throws Exception {
    return daemon.client.push(
        new PushRequest(DotSelector.of("shop"), remote, Optional.empty(), false, force),
        ProgressListener.NONE);
  }

  private TransferReply pull(TestDaemon daemon) throws Exception {
    return pull(daemon, "shop", false);
  }

  private TransferReply pull(TestDaemon daemon, String what, boolean stash) throws Exception {
    return daemon.client.pull(
        new PullRequest(DotSelector.of(what), remote, Optional.empty(), false, stash),
        ProgressListener.NONE);
  }

  private TransferReply cloneShop(TestDaemon daemon) throws Exception {
    return daemon.client.cloneDot(
        new CloneRequest(remote, "shop", Optional.empty(), Optional.empty(), Optional.empty()),
        ProgressListener.NONE);
  }

  private static String head(TestDaemon daemon, String revision) throws Exception {
    return daemon.client.resolve(new ResolveRequest(DotSelector.of("shop"), revision)).id();
  }

  @Test
  void commitsGoRoundFromHomeToHome() throws Exception {
    here.init("shop");
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> push(here, false));
    String one = here.commit("shop", "one").id();
    List<Progress> progress = new ArrayList<>();
    TransferReply pushed =
        here.client.push(
            new PushRequest(DotSelector.of("shop"), remote, Optional.empty(), false, false),
            progress::add);
    assertThat(pushed.refs())
        .containsExactly(new RefUpdate("master", Optional.empty(), one, "created"));
    assertThat(pushed.bytes()).isPositive();
    assertThat(progress).isNotEmpty();
    assertThat(push(here, false).refs())
        .extracting(RefUpdate::outcome)
        .containsExactly("up to date");
    assertThat(push(here, false).bytes()).isZero();
    assertThat(here.client.dotShow(new DotShowRequest(Optional.of("shop"))).upstream())
        .contains(new Upstream("store", pushed.remoteDot()));
    assertThat(here.client.remoteList(new RemoteListRequest(remote)).dots())
        .extracting(RemoteDotInfo::name)
        .containsExactly(pushed.remoteDot());

    TransferReply cloned = cloneShop(there);
    assertThat(cloned.name()).isEqualTo("admin/shop");
    assertThat(head(there, "HEAD")).isEqualTo(one);
    Errors.of(ErrorKind.ALREADY_EXISTS, () -> cloneShop(there));

    String two = here.commit("shop", "two").id();
    push(here, false);
    there.client.fetch(
        new FetchRequest(DotSelector.of("shop"), remote, Optional.empty()), ProgressListener.NONE);
    assertThat(head(there, "store/master")).isEqualTo(two);
    assertThat(head(there, "HEAD")).isEqualTo(one);
    assertThat(pull(there).refs())
        .containsExactly(new RefUpdate("master", Optional.of(one), two, "fast-forward"));
    assertThat(head(there, "HEAD")).isEqualTo(two);
    assertThat(pull(there).refs()).extracting(RefUpdate::outcome).containsExactly("up to date");
    assertThat(
            there
                .client
                .log(new LogRequest(DotSelector.of("shop"), Optional.empty(), 0, false))
                .commits()
                .get(0)
                .refs())
        .containsExactlyInAnyOrder("master", "store/master");
  }

  @Test
  void tagsOfWhatIsPushedGoAlong() throws Exception {
    here.init("shop");
    String one = here.commit("shop", "one").id();
    tag(here, "light", Optional.empty());
    tag(here, "v1", Optional.of("the first"));
    here.client.branchCreate(new BranchCreateRequest(Optional.of("shop"), "dev", Optional.empty()));
    here.client.checkout(
        new CheckoutRequest(Optional.of("shop"), "dev", false, Optional.empty(), false));
    here.commit("shop", "elsewhere");
    tag(here, "elsewhere", Optional.empty());
    here.client.checkout(
        new CheckoutRequest(Optional.of("shop"), "master", false, Optional.empty(), false));
    List<RefUpdate> refs = push(here, false).refs();
    assertThat(refs)
        .extracting(RefUpdate::branch)
        .containsExactly("master", "tags/light", "tags/v1");
    assertThat(refs).extracting(RefUpdate::outcome).containsOnly("created");
    assertThat(refs.get(1).after()).isEqualTo(one);
    assertThat(refs.get(2).after()).as("the tag itself").isNotEqualTo(one);
    assertThat(push(here, false).refs()).extracting(RefUpdate::branch).containsExactly("master");

    cloneShop(there);
    assertThat(head(there, "light")).isEqualTo(one);
    assertThat(head(there, "v1")).isEqualTo(one);
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> head(there, "elsewhere"));

    // A name that is taken there stays as it is, and keeps no push from getting through.
    String two = there.commit("shop", "two").id();
    there.client.tagDelete(new TagDeleteRequest(Optional.of("shop"), "light"));
    tag(there, "light", Optional.empty());
    tag(there, "v2", Optional.empty());
    assertThat(push(there, false).refs())
        .extracting(RefUpdate::branch)
        .containsExactly("master", "tags/v2");
    List<RefUpdate> fetched =
        here.client
            .fetch(
                new FetchRequest(DotSelector.of("shop"), remote, Optional.empty()),
                ProgressListener.NONE)
            .refs();
    assertThat(fetched).extracting(RefUpdate::branch).containsExactly("master", "tags/v2");
    assertThat(head(here, "v2")).isEqualTo(two);
    assertThat(head(here, "light")).isEqualTo(one);
  }

  private static void tag(TestDaemon daemon, String name, Optional<String> message)
      throws Exception {
    daemon.client.tagCreate(
        new TagCreateRequest(DotSelector.of("shop"), name, Optional.empty(), message, false));
  }

  @Test
  void divergedHistoryIsRefusedOnBothWays() throws Exception {
    here.init("shop");
    here.commit("shop", "one");
    push(here, false);
    cloneShop(there);
    String theirs = there.commit("shop", "theirs").id();
    push(there, false);
    String ours = here.commit("shop", "ours").id();
    assertThat(Errors.of(ErrorKind.DIVERGED, () -> push(here, false)).message())
        .contains(theirs.substring(0, 12));
    Errors.of(ErrorKind.DIVERGED, () -> pull(here));
    assertThat(head(here, "HEAD")).isEqualTo(ours);
    assertThat(head(here, "store/master")).isEqualTo(theirs);
    assertThat(push(here, true).refs()).extracting(RefUpdate::outcome).containsExactly("forced");
    here.client.reset(new ResetRequest(DotSelector.of("shop"), "HEAD^", false, false));
    assertThat(pull(here).refs()).extracting(RefUpdate::outcome).containsExactly("fast-forward");
  }

  @Test
  void divergedCommitsAreKeptOnABranchInTheSameStep() throws Exception {
    here.init("shop");
    here.commit("shop", "one");
    push(here, false);
    cloneShop(there);
    String theirs = there.commit("shop", "theirs").id();
    push(there, false);
    String ours = here.commit("shop", "ours").id();
    List<RefUpdate> updates = pull(here, "shop", true).refs();
    String kept = updates.get(0).branch();
    assertThat(kept).matches("master-DIVERGED-[0-9]{8}T[0-9]{6}Z");
    assertThat(updates)
        .containsExactly(
            new RefUpdate(kept, Optional.empty(), ours, "kept"),
            new RefUpdate("master", Optional.of(ours), theirs, "replaced"));
    assertThat(head(here, "HEAD")).isEqualTo(theirs);
    assertThat(head(here, kept)).isEqualTo(ours);
    assertThat(pull(here, "shop", true).refs())
        .extracting(RefUpdate::outcome)
        .containsExactly("up to date");
  }

  @Test
  void aBranchWithoutCommitsCanBeDeleted() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    here.init("shop");
    here.commit("shop", "one");
    here.client.branchCreate(new BranchCreateRequest(Optional.of("shop"), "dev", Optional.empty()));
    here.client.push(
        new PushRequest(DotSelector.of("shop"), remote, Optional.empty(), true, false),
        ProgressListener.NONE);
    there.init("shop");
    there.unmount(there.mount("shop.db"));
    Errors.of(ErrorKind.MOUNTED, () -> there.client.branchDelete(delete("master", true)));
    pull(there, "shop@dev", false);
    there.client.checkout(
        new CheckoutRequest(Optional.of("shop"), "dev", false, Optional.empty(), false));
    assertThat(there.client.branchList(new BranchListRequest(Optional.of("shop"))).branches())
        .extracting(BranchInfo::name)
        .containsExactly("dev", "master");
    Errors.of(ErrorKind.DIRTY, () -> there.client.branchDelete(delete("master", false)));
    assertThat(there.client.branchDelete(delete("master", true)).head()).isEmpty();
    assertThat(there.client.branchList(new BranchListRequest(Optional.of("shop"))).branches())
        .extracting(BranchInfo::name)
        .containsExactly("dev");
    Errors.of(ErrorKind.UNKNOWN_BRANCH, () -> there.client.branchDelete(delete("master", true)));
  }

  private static BranchDeleteRequest delete(String branch, boolean force) {
    return new BranchDeleteRequest(Optional.of("shop"), branch, force);
  }

  @Test
  void pullRefusesOverUncommittedDataAndMovesTheMount() throws Exception {
    Assumptions.assumeTrue(TestDaemon.canMount());
    Path db = here.mount("shop.db");
    Shell.run("echo 1 > " + db + "/f");
    here.commit("shop", "one");
    push(here, false);
    cloneShop(there);
    Path copy = there.mount("shop.db");
    assertThat(Shell.run("cat " + copy + "/f")).isEqualTo("1");
    Shell.run("echo 2 > " + db + "/f");
    here.commit("shop", "two");
    push(here, false);
    Shell.run("echo dirt > " + copy + "/g");
    Errors.of(ErrorKind.DIRTY, () -> pull(there));
    assertThat(Shell.run("cat " + copy + "/f " + copy + "/g")).isEqualTo("1\ndirt");
    there.client.reset(new ResetRequest(DotSelector.of("shop"), "HEAD", true, false));
    try (Shell.Holder holder = Shell.hold("cd " + copy)) {
      assertThat(Errors.of(ErrorKind.IN_USE, () -> pull(there)).message())
          .contains("(pid " + holder.pid() + ")");
    }
    pull(there);
    assertThat(Shell.run("cat " + copy + "/f; ls " + copy)).isEqualTo("2\nf");
  }

  @Test
  void badRemotesAreNamed() throws Exception {
    here.init("shop");
    here.commit("shop", "one");
    RemoteSpec odd = new RemoteSpec("x", "gopher://x", Optional.empty(), Optional.empty());
    Errors.of(
        ErrorKind.BAD_REQUEST,
        () ->
            here.client.push(
                new PushRequest(DotSelector.of("shop"), odd, Optional.empty(), false, false),
                ProgressListener.NONE));
    RemoteSpec nobody =
        new RemoteSpec("x", "http://me@127.0.0.1:1", Optional.empty(), Optional.of("key"));
    Errors.of(
        ErrorKind.REMOTE_UNREACHABLE, () -> here.client.remoteList(new RemoteListRequest(nobody)));
    Errors.of(ErrorKind.UNKNOWN_DOT, () -> cloneShop(there));
    assertThat(there.client.list(new ListRequest()).dots()).isEmpty();
  }
}
