package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.BranchMessages.BranchDeleteReply;
import io.dotfs.daemon.api.BranchMessages.BranchInfo;
import io.dotfs.daemon.api.BranchMessages.BranchListReply;
import io.dotfs.daemon.api.BranchMessages.CheckoutReply;
import io.dotfs.daemon.api.BranchMessages.RestoreReply;
import io.dotfs.daemon.api.BranchMessages.TagInfo;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages.DotShowReply;
import io.dotfs.daemon.api.DotMessages.DotSummary;
import io.dotfs.daemon.api.Verb;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each verb from its words to the one request and the text: branch, checkout, tag, fork, dot
 * rename.
 */
class BranchCommandsTest extends CommandFixture {
  @Test
  void branchListsCreatesDeletesAndRenames() {
    BranchInfo master = new BranchInfo("master", true, Optional.empty(), "", 0);
    daemon.answers(
        Verb.BRANCH_LIST, new BranchListReply("admin/shop", "master", List.of(master), List.of()));
    daemon.answers(Verb.BRANCH_CREATE, master);
    daemon.answers(Verb.BRANCH_DELETE, new BranchDeleteReply("dev", Optional.of(ID)));
    daemon.answers(Verb.BRANCH_RENAME, master);
    succeeds("branch");
    assertThat(out).isEqualTo("* master\n");
    succeeds("branch dev HEAD^");
    assertThat(asked()).isEqualTo("branch-create {\"name\":\"dev\",\"start\":\"HEAD^\"}");
    succeeds("branch -d dev");
    assertThat(asked()).isEqualTo("branch-delete {\"name\":\"dev\",\"force\":false}");
    assertThat(out).isEqualTo("Deleted branch dev (was 0123456789ab)\n");
    succeeds("branch -D dev");
    assertThat(asked()).isEqualTo("branch-delete {\"name\":\"dev\",\"force\":true}");
    succeeds("branch -m old new");
    assertThat(asked()).isEqualTo("branch-rename {\"oldName\":\"old\",\"newName\":\"new\"}");
  }

  @Test
  void forkAndRenameGiveNewNames() throws Exception {
    DotSummary store =
        new DotSummary(
            "admin/store", "admin", "store", "master", "be3e4bdd17d569ab", List.of(), 0, 2, 0);
    daemon.answers(Verb.FORK, store);
    succeeds("fork shop store");
    assertThat(asked()).isEqualTo("fork {\"source\":\"shop\",\"newName\":\"store\"}");
    assertThat(out).isEqualTo("Forked shop to store, on branch master with 2 commits\n");
    daemon.answers(
        Verb.DOT_SHOW,
        new DotShowReply(
            SHOP, Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of()));
    daemon.answers(Verb.DOT_RENAME, store);
    makeCurrent("admin/shop");
    succeeds("dot rename shop store");
    assertThat(asked()).isEqualTo("dot-rename {\"oldName\":\"shop\",\"newName\":\"store\"}");
    assertThat(out).isEqualTo("Renamed dot shop to store\n");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot())
        .contains("admin/store");
  }

  @Test
  void runWantsDataAndACommand() {
    assertThat(dm("run -- true")).isEqualTo(2);
    assertThat(err).startsWith("dm: no data is named\n");
    assertThat(dm("run shop.db")).isEqualTo(2);
    assertThat(err).startsWith("dm: no command is named after --\n");
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void checkoutSwitchesCreatesAndForces() {
    daemon.answers(
        Verb.CHECKOUT,
        new CheckoutReply("admin/shop", "dev", "master", Optional.empty(), false, List.of()));
    succeeds("checkout --force dev");
    assertThat(asked())
        .isEqualTo("checkout {\"branch\":\"dev\",\"create\":false,\"force\":true,\"carry\":false}");
    assertThat(out).isEqualTo("Switched to branch 'dev'\n");
    daemon.answers(
        Verb.CHECKOUT,
        new CheckoutReply("admin/shop", "dev", "master", Optional.empty(), true, List.of()));
    succeeds("checkout --carry -b dev HEAD~2");
    assertThat(asked())
        .isEqualTo(
            "checkout {\"branch\":\"dev\",\"create\":true,\"start\":\"HEAD~2\",\"force\":false,\"carry\":true}");
    assertThat(out).isEqualTo("Switched to a new branch 'dev'\n");
  }

  @Test
  void pathsAfterDashesAreBroughtBack() {
    daemon.answers(Verb.RESTORE, new RestoreReply(ID, 1));
    succeeds("checkout master -- files/a -b");
    assertThat(asked())
        .isEqualTo("restore {" + SOLE + ",\"revision\":\"master\",\"paths\":[\"files/a\",\"-b\"]}");
    assertThat(out).isEqualTo("Restored 1 path\n");
    succeeds("restore --source HEAD^ files/a -- files/b");
    assertThat(asked())
        .isEqualTo(
            "restore {" + SOLE + ",\"revision\":\"HEAD^\",\"paths\":[\"files/a\",\"files/b\"]}");
  }

  @Test
  void tagsAreMadeMovedAndDeleted() {
    daemon.answers(Verb.TAG_CREATE, new TagInfo("v1", ID, Optional.empty()));
    daemon.answers(Verb.TAG_DELETE, new Done());
    succeeds("tag -f -m Before v1 HEAD^");
    assertThat(asked())
        .isEqualTo(
            "tag-create {"
                + SOLE
                + ",\"name\":\"v1\",\"revision\":\"HEAD^\",\"message\":\"Before\",\"force\":true,\"sign\":false}");
    succeeds("tag -d v1");
    assertThat(asked()).isEqualTo("tag-delete {\"name\":\"v1\"}");
  }
}
