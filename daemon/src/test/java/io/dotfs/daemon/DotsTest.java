package io.dotfs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.BranchCreateRequest;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListRequest;
import io.dotfs.daemon.api.BranchMessages.BranchRenameRequest;
import io.dotfs.daemon.api.BranchMessages.CheckoutRequest;
import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.BranchMessages.ResetRequest;
import io.dotfs.daemon.api.BranchMessages.TagCreateRequest;
import io.dotfs.daemon.api.BranchMessages.TagDeleteRequest;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListRequest;
import io.dotfs.daemon.api.DotMessages.DotDeleteRequest;
import io.dotfs.daemon.api.DotMessages.DotShowRequest;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.DotMessages.InitRequest;
import io.dotfs.daemon.api.DotMessages.ListRequest;
import io.dotfs.daemon.api.DotMessages.SetUpstreamRequest;
import io.dotfs.daemon.api.DotMessages.StatusRequest;
import io.dotfs.daemon.api.DotMessages.Upstream;
import io.dotfs.daemon.api.DotSelector;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.HistoryMessages.CommitInfo;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.CommitRequest;
import io.dotfs.daemon.api.HistoryMessages.LogRequest;
import io.dotfs.daemon.api.HistoryMessages.ReflogEntry;
import io.dotfs.daemon.api.HistoryMessages.ReflogRequest;
import io.dotfs.daemon.api.HistoryMessages.ResolveRequest;
import io.dotfs.daemon.api.ProgressListener;
import io.dotfs.daemon.api.ServerMessages.FsckReply;
import io.dotfs.daemon.api.ServerMessages.FsckRequest;
import io.dotfs.daemon.api.ServerMessages.PingReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dots, branches and history without any mount. Each test has dots of its own. */
@Timeout(300)
class DotsTest {
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.start();
  }

  @AfterAll
  static void stop() throws Exception {
    daemon.close();
  }

  private static List<CommitInfo> log(String dot) throws Exception {
    return daemon
        .client
        .log(new LogRequest(DotSelector.of(dot), Optional.empty(), 0, false))
        .commits();
  }

  private static String resolve(String dot, String revision) throws Exception {
    return daemon.client.resolve(new ResolveRequest(DotSelector.of(dot), revision)).id();
  }

  @Test
  void aNewDotHasNoCommitsAndNoSize() throws Exception {
    daemon.init("fresh");
    DotSummary dot =
        daemon.client.list(new ListRequest()).dots().stream()
            .filter(d -> d.dot().equals("fresh"))
            .findFirst()
            .orElseThrow();
    PingReply ping = daemon.client.ping();
    assertThat(dot)
        .isEqualTo(
            new DotSummary(
                "admin/fresh", "admin", "fresh", "master", ping.server(), List.of(), 0, 0, 0));
    assertThat(ping.server()).matches("[0-9a-f]{16}");
    assertThat(ping.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(log("fresh")).isEmpty();
  }

  @Test
  void namesAreJudged() {
    assertThat(Errors.of(ErrorKind.INVALID_NAME, () -> daemon.init("bad name")).message())
        .isEqualTo("invalid dot name 'bad name'");
    Errors.of(ErrorKind.INVALID_NAME, () -> daemon.init("dot@branch"));
    Errors.of(ErrorKind.INVALID_NAME, () -> daemon.init("_reserved"));
  }

  @Test
  void aDotIsMadeOnce() throws Exception {
    daemon.init("once");
    Errors.of(ErrorKind.ALREADY_EXISTS, () -> daemon.init("admin/once"));
    daemon.init("me/once");
  }

  @Test
  void unknownThingsAreNamed() throws Exception {
    assertThat(
            Errors.of(
                    ErrorKind.UNKNOWN_DOT,
                    () -> daemon.client.status(new StatusRequest(DotSelector.of("nope"), false)))
                .message())
        .isEqualTo("no such dot: nope");
    daemon.init("known");
    Errors.of(
        ErrorKind.UNKNOWN_BRANCH,
        () -> daemon.client.status(new StatusRequest(DotSelector.of("known", "nope"), false)));
    assertThat(
            Errors.of(
                    ErrorKind.UNKNOWN_BRANCH,
                    () ->
                        daemon.client.checkout(
                            new CheckoutRequest(
                                Optional.of("known"), "nope", false, Optional.empty(), false)))
                .message())
        .isEqualTo("no such branch: nope");
    assertThat(Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("known", "HEAD")).message())
        .isEqualTo("branch master has no commits yet");
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("known", "deadbeef0"));
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("known", "a b"));
  }

  @Test
  void withoutANameOnlyASoleDotIsMeant() throws Exception {
    try (TestDaemon own = TestDaemon.start()) {
      assertThat(
              Errors.of(
                      ErrorKind.NO_CURRENT_DOT,
                      () -> own.client.dotShow(new DotShowRequest(Optional.empty())))
                  .hint())
          .contains("dm init DOT");
      own.init("one");
      assertThat(own.client.dotShow(new DotShowRequest(Optional.empty())).summary().dot())
          .isEqualTo("one");
      own.init("two");
      assertThat(
              Errors.of(
                      ErrorKind.NO_CURRENT_DOT,
                      () -> own.client.dotShow(new DotShowRequest(Optional.empty())))
                  .message())
          .isEqualTo("No current dot is selected");
    }
  }

  @Test
  void aCommitKeepsItsMessageAuthorAndMetadata() throws Exception {
    daemon.init("told");
    CommitReply reply =
        daemon.client.commit(
            new CommitRequest(
                DotSelector.of("told"),
                "first line\n\nthird line",
                Map.of("b", "2", "a", "1"),
                Optional.of("Ann <ann@example.org>")),
            ProgressListener.NONE);
    CommitInfo commit = log("told").get(0);
    assertThat(commit.id()).isEqualTo(reply.id()).hasSize(64);
    assertThat(commit.message()).isEqualTo("first line\n\nthird line");
    assertThat(commit.author()).isEqualTo("Ann <ann@example.org>");
    assertThat(commit.metadata().keySet()).containsExactly("a", "b");
    assertThat(commit.refs()).containsExactly("master");
    assertThat(reply.parent()).isEmpty();
  }

  @Test
  void badCommitsAreRefused() throws Exception {
    daemon.init("strict");
    Errors.of(ErrorKind.BAD_REQUEST, () -> daemon.commit("strict", " \n"));
    Errors.of(
        ErrorKind.BAD_REQUEST,
        () ->
            daemon.client.commit(
                new CommitRequest(
                    DotSelector.of("strict"), "m", Map.of("Upper", "x"), Optional.empty()),
                ProgressListener.NONE));
    Errors.of(
        ErrorKind.BAD_REQUEST,
        () ->
            daemon.client.commit(
                new CommitRequest(DotSelector.of("strict"), "m", Map.of(), Optional.of("A\nB")),
                ProgressListener.NONE));
    assertThat(log("strict")).isEmpty();
  }

  @Test
  void revisionsAreResolvedAsGitDoes() throws Exception {
    daemon.init("revs");
    String one = daemon.commit("revs", "one").id();
    String two = daemon.commit("revs", "two").id();
    String three = daemon.commit("revs", "three").id();
    daemon.client.tagCreate(
        new TagCreateRequest(
            DotSelector.of("revs"), "v1", Optional.of("HEAD~1"), Optional.of("words"), false));
    daemon.client.branchCreate(
        new BranchCreateRequest(Optional.of("revs"), "side", Optional.of("HEAD^^")));
    assertThat(resolve("revs", "HEAD")).isEqualTo(three);
    assertThat(resolve("revs", "@")).isEqualTo(three);
    assertThat(resolve("revs", "HEAD^")).isEqualTo(two);
    assertThat(resolve("revs", "HEAD~2")).isEqualTo(one);
    assertThat(resolve("revs", "master^1~1")).isEqualTo(one);
    assertThat(resolve("revs", "v1")).isEqualTo(two);
    assertThat(resolve("revs", "v1^")).isEqualTo(one);
    assertThat(resolve("revs", "side")).isEqualTo(one);
    assertThat(resolve("revs", "@{0}")).isEqualTo(three);
    assertThat(resolve("revs", "master@{2}")).isEqualTo(one);
    assertThat(resolve("revs", two)).isEqualTo(two);
    assertThat(resolve("revs", two.substring(0, 10))).isEqualTo(two);
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("revs", two.substring(0, 6)));
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("revs", "HEAD~3"));
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("revs", "HEAD^2"));
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("revs", "@{3}"));
    assertThat(log("revs")).extracting(CommitInfo::id).containsExactly(three, two, one);
    assertThat(log("revs").get(1).refs()).containsExactly("tag: v1");
  }

  @Test
  void anotherDotsCommitIsNoRevision() throws Exception {
    daemon.init("mine");
    daemon.init("other");
    String theirs = daemon.commit("other", "private").id();
    daemon.commit("mine", "own");
    Errors.of(ErrorKind.UNKNOWN_REVISION, () -> resolve("mine", theirs));
  }

  @Test
  void theLogIsLimitedAndTurned() throws Exception {
    daemon.init("long");
    for (int i = 0; i < 5; i++) {
      daemon.commit("long", "c" + i);
    }
    assertThat(
            daemon
                .client
                .log(new LogRequest(DotSelector.of("long"), Optional.empty(), 2, false))
                .commits())
        .extracting(CommitInfo::message)
        .containsExactly("c4", "c3");
    assertThat(
            daemon
                .client
                .log(new LogRequest(DotSelector.of("long"), Optional.of("HEAD~3"), 0, true))
                .commits())
        .extracting(CommitInfo::message)
        .containsExactly("c0", "c1");
    assertThat(
            daemon.client.list(new ListRequest()).dots().stream()
                .filter(d -> d.dot().equals("long"))
                .findFirst()
                .orElseThrow()
                .commits())
        .isEqualTo(5);
  }

  @Test
  void resetMovesTheBranchAndTheReflogFindsTheWayBack() throws Exception {
    daemon.init("back");
    String one = daemon.commit("back", "one").id();
    String two = daemon.commit("back", "two").id();
    ResetReply reply =
        daemon.client.reset(new ResetRequest(DotSelector.of("back"), "HEAD^", false, false));
    assertThat(reply.before()).contains(two);
    assertThat(reply.after()).isEqualTo(one);
    assertThat(log("back")).extracting(CommitInfo::id).containsExactly(one);
    List<ReflogEntry> reflog =
        daemon.client.reflog(new ReflogRequest(DotSelector.of("back"), 0)).entries();
    assertThat(reflog).hasSize(3);
    assertThat(reflog.get(0).message()).isEqualTo("reset: moving to HEAD^");
    daemon.client.reset(new ResetRequest(DotSelector.of("back"), "@{1}", false, false));
    assertThat(resolve("back", "HEAD")).isEqualTo(two);
    assertThat(daemon.commit("back", "three").parent()).contains(two);
  }

  @Test
  void branchesAreMadeRenamedAndDeletedWithoutLosingCommits() throws Exception {
    daemon.init("br");
    Optional<String> dot = Optional.of("br");
    Errors.of(
        ErrorKind.UNKNOWN_REVISION,
        () -> daemon.client.branchCreate(new BranchCreateRequest(dot, "x", Optional.empty())));
    daemon.commit("br", "one");
    daemon.client.branchCreate(new BranchCreateRequest(dot, "dev", Optional.empty()));
    Errors.of(
        ErrorKind.ALREADY_EXISTS,
        () -> daemon.client.branchCreate(new BranchCreateRequest(dot, "dev", Optional.empty())));
    Errors.of(
        ErrorKind.INVALID_NAME,
        () -> daemon.client.branchCreate(new BranchCreateRequest(dot, "a/b", Optional.empty())));
    daemon.client.checkout(new CheckoutRequest(dot, "dev", false, Optional.empty(), false));
    String only = daemon.commit("br", "only on dev").id();
    Errors.of(
        ErrorKind.MOUNTED,
        () -> daemon.client.branchDelete(new BranchDeleteRequest(dot, "dev", true)));
    daemon.client.branchRename(new BranchRenameRequest(dot, "dev", "work"));
    assertThat(daemon.client.branchList(new BranchListRequest(dot)).current()).isEqualTo("work");
    daemon.client.checkout(new CheckoutRequest(dot, "master", false, Optional.empty(), false));
    Errors.of(
        ErrorKind.WOULD_LOSE_COMMITS,
        () -> daemon.client.branchDelete(new BranchDeleteRequest(dot, "work", false)));
    assertThat(daemon.client.branchDelete(new BranchDeleteRequest(dot, "work", true)).head())
        .contains(only);
    assertThat(daemon.client.branchList(new BranchListRequest(dot)).branches())
        .extracting(BranchInfo::name)
        .containsExactly("master");
    Errors.of(
        ErrorKind.UNKNOWN_BRANCH,
        () -> daemon.client.branchDelete(new BranchDeleteRequest(dot, "work", true)));
  }

  @Test
  void tagsAreMadeMovedAndDeleted() throws Exception {
    daemon.init("tags");
    Optional<String> dot = Optional.of("tags");
    String one = daemon.commit("tags", "one").id();
    DotSelector selector = DotSelector.of("tags");
    daemon.client.tagCreate(
        new TagCreateRequest(selector, "v1", Optional.empty(), Optional.empty(), false));
    Errors.of(
        ErrorKind.ALREADY_EXISTS,
        () ->
            daemon.client.tagCreate(
                new TagCreateRequest(selector, "v1", Optional.empty(), Optional.empty(), false)));
    daemon.client.tagCreate(
        new TagCreateRequest(selector, "v1", Optional.empty(), Optional.of("note"), true));
    assertThat(daemon.client.tagList(new TagListRequest(dot)).tags())
        .containsExactly(new TagInfo("v1", one, Optional.of("note")));
    daemon.client.tagDelete(new TagDeleteRequest(dot, "v1"));
    Errors.of(
        ErrorKind.UNKNOWN_REVISION, () -> daemon.client.tagDelete(new TagDeleteRequest(dot, "v1")));
  }

  @Test
  void aDeletedDotIsGoneAndItsNameIsFree() throws Exception {
    daemon.init("gone");
    daemon.commit("gone", "one");
    daemon.client.dotDelete(new DotDeleteRequest("gone"));
    Errors.of(ErrorKind.UNKNOWN_DOT, () -> daemon.client.dotDelete(new DotDeleteRequest("gone")));
    daemon.client.init(new InitRequest("gone"));
    assertThat(log("gone")).isEmpty();
  }

  @Test
  void theUpstreamIsRemembered() throws Exception {
    daemon.init("up");
    Upstream upstream = new Upstream("hub", "me/up");
    daemon.client.setUpstream(new SetUpstreamRequest(Optional.of("up"), upstream));
    assertThat(daemon.client.dotShow(new DotShowRequest(Optional.of("up"))).upstream())
        .contains(upstream);
  }

  @Test
  void everythingIsThereAfterARestart() throws Exception {
    try (TestDaemon own = TestDaemon.start()) {
      own.init("kept");
      String id = own.commit("kept", "one").id();
      String server = own.client.ping().server();
      own.restart();
      assertThat(own.client.ping().server()).isEqualTo(server);
      assertThat(own.client.resolve(new ResolveRequest(DotSelector.of("kept"), "HEAD")).id())
          .isEqualTo(id);
      FsckReply fsck = own.client.fsck(new FsckRequest(), ProgressListener.NONE);
      assertThat(fsck.damage()).isEmpty();
      assertThat(fsck.objects()).isPositive();
    }
  }
}
