package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.daemon.api.BranchMessages.ResetReply;
import io.dotfs.daemon.api.HistoryMessages.CommitReply;
import io.dotfs.daemon.api.HistoryMessages.DiffReply;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.HistoryMessages.ReflogReply;
import io.dotfs.daemon.api.Verb;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each verb from its words to the one request and the text: commit, log, show, diff, reset, reflog,
 * restore.
 */
class HistoryCommandsTest extends CommandFixture {
  @Test
  void commitSendsMessageMetadataAndAuthor() {
    directory = home; // no git there to name a commit of
    daemon.answers(
        Verb.COMMIT,
        new CommitReply(
            "admin/shop", "master", ID, Optional.empty(), 1_500_000, 2048, 3, 9, List.of()));
    assertThat(
            dm(
                "commit",
                "-m",
                "Ten\ncustomers ü",
                "-m",
                "more",
                "-d",
                "b=1=2",
                "-d",
                "a=",
                "--author",
                "Zoë <z@x>"))
        .isZero();
    assertThat(asked())
        .startsWith("commit {" + SOLE + ",\"message\":\"Ten\\ncustomers \\u00FC\\n\\nmore\",")
        .contains("\"metadata\":{\"a\":\"\",\"b\":\"1=2\"}")
        .contains("\"author\":\"Zo\\u00EB <z@x>\"");
    assertThat(out).isEqualTo(ID + "\npaused writers for 1.50 ms, stored 2.00 kiB in 3 objects\n");
  }

  @Test
  void aMessageMayLookLikeAnOption() {
    daemon.answers(
        Verb.COMMIT,
        new CommitReply(
            "admin/shop",
            "master",
            ID,
            Optional.empty(),
            0,
            0,
            0,
            0,
            List.of("a socket was left out")));
    assertThat(dm("commit", "-m", "--dash")).as(err).isZero();
    assertThat(asked()).contains("\"message\":\"--dash\"");
    assertThat(err).isEqualTo("dm: note: a socket was left out\n");
    assertThat(dm("commit", "-m", "@file")).isZero();
    assertThat(asked()).contains("\"message\":\"@file\"");
  }

  @Test
  void anEmptyMessageIsRefused() {
    assertThat(dm("commit", "-m", " \n")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: the commit message is empty\nhint: dm commit -m MSG\n");
  }

  @Test
  void revisionsOfTheReflogAreNoFiles() {
    daemon.answers(Verb.RESET, new ResetReply("admin/shop", "master", Optional.empty(), ID, "Ten"));
    succeeds("reset --hard @{1}");
    assertThat(asked())
        .isEqualTo("reset {" + SOLE + ",\"revision\":\"@{1}\",\"hard\":true,\"force\":false}");
    assertThat(out).isEqualTo("Branch master is now at 0123456789ab Ten\n");
  }

  @Test
  void logPassesItsLimits() {
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds("log -n 3 --oldest-first dev");
    assertThat(asked())
        .isEqualTo(
            "log {"
                + SOLE
                + ",\"revision\":\"dev\",\"limit\":3,\"oldestFirst\":true,\"signedForms\":false,\"paths\":[]}");
    succeeds("log -5 a..b -- db/x -1");
    assertThat(asked())
        .contains("\"revision\":\"a..b\",\"limit\":5")
        .endsWith("\"paths\":[\"db/x\",\"-1\"]}");
    int before = daemon.requests().size();
    succeeds("log -n 0");
    assertThat(daemon.requests()).hasSize(before);
    assertThat(out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "diff | {SEL,\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff A | {SEL,\"from\":\"A\",\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff --stat A B | {SEL,\"from\":\"A\",\"to\":\"B\",\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff A..B --stat | {SEL,\"from\":\"A\",\"to\":\"B\",\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff A.. --stat | {SEL,\"from\":\"A\",\"to\":\"HEAD\",\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff --name-status -- db -x | {SEL,\"patch\":false,\"stat\":false,\"paths\":[\"db\",\"-x\"]}",
        "diff A -- | {SEL,\"from\":\"A\",\"patch\":true,\"stat\":false,\"paths\":[]}",
        "diff --stat -p | {SEL,\"patch\":true,\"stat\":true,\"paths\":[]}",
        "diff --summary | {SEL,\"patch\":false,\"stat\":true,\"paths\":[]}",
        "diff --json | {SEL,\"patch\":false,\"stat\":true,\"paths\":[]}"
      })
  void diffAsksForWhatItShows(String line, String request) {
    daemon.answers(
        Verb.DIFF,
        new DiffReply("admin/shop", Optional.empty(), Optional.empty(), List.of(), false));
    succeeds(line);
    assertThat(asked()).isEqualTo("diff " + request.replace("SEL", SOLE));
  }

  @Test
  void reflogPassesItsLimit() {
    daemon.answers(Verb.REFLOG, new ReflogReply("admin/shop", "master", List.of()));
    succeeds("reflog -n 2");
    assertThat(asked()).isEqualTo("reflog {" + SOLE + ",\"limit\":2}");
    succeeds("reflog show dev -3");
    assertThat(asked()).isEqualTo("reflog {\"selector\":{\"branch\":\"dev\"},\"limit\":3}");
    assertThat(dm("reflog dev other")).isEqualTo(2);
  }
}
