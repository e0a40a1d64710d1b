package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.BranchMessages.TagListReply;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.Verb;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the shells' completion is told. */
class CompleteTest extends CommandFixture {
  private List<String> complete(String line) {
    assertThat(dm("__complete", line)).isZero();
    assertThat(err).isEmpty();
    return out.lines().toList();
  }

  private void haveBranches() {
    daemon.answers(
        Verb.BRANCH_LIST,
        new BranchListReply(
            "admin/shop",
            "master",
            List.of(
                new BranchInfo("dev", false, Optional.of(ID), "", 0),
                new BranchInfo("master", true, Optional.of(ID), "", 0)),
            List.of(new BranchInfo("hub/dev", false, Optional.of(ID), "", 0))));
    daemon.answers(
        Verb.TAG_LIST, new TagListReply(List.of(new TagInfo("demo", ID, Optional.empty()))));
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
  }

  @Test
  void verbsTheirNestedVerbsAndTheirOptions() {
    assertThat(complete("dm che")).containsExactly("checkout");
    assertThat(complete("dm remote s")).containsExactly("switch");
    assertThat(complete("dm push --f")).containsExactly("--force-with-lease");
    assertThat(complete("dm nothing x")).isEmpty();
    assertThat(complete("dm")).isEmpty();
    assertThat(complete("dm ")).contains("init", "log").doesNotContain("__complete");
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void namesOfWhatThereIs() {
    haveBranches();
    daemon.answers(Verb.LIST, new ListReply(List.of(SHOP)));
    assertThat(complete("dm switch ")).containsExactly("shop");
    assertThat(complete("dm checkout d")).containsExactly("dev");
    assertThat(complete("dm reset de")).containsExactly("demo", "dev");
    assertThat(complete("dm log --branch ")).containsExactly("dev", "hub/dev", "master");
    assertThat(complete("dm mount --at H")).containsExactly("HEAD");
    assertThat(complete("dm checkout dev -- ")).isEmpty();
    succeeds("remote add disk file:///srv");
    assertThat(complete("dm push ")).containsExactly("disk");
    assertThat(complete("dm push disk ")).containsExactly("shop");
  }

  @Test
  void nothingIsOfferedAndNothingStartedWithoutADaemon() throws Exception {
    daemon.close();
    assertThat(complete("dm switch ")).isEmpty();
  }
}
