package io.dotfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotfs.cli.settings.SettingsFile;
import io.dotfs.daemon.api.Done;
import io.dotfs.daemon.api.DotMessages.ListReply;
import io.dotfs.daemon.api.ErrorKind;
import io.dotfs.daemon.api.ErrorRecord;
import io.dotfs.daemon.api.HistoryMessages.LogReply;
import io.dotfs.daemon.api.Verb;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each verb from its words to the one request and the text: init, list, switch, status, dot. */
class DotCommandsTest extends CommandFixture {
  @Test
  void initMakesTheNewDotCurrent() throws Exception {
    daemon.answers(Verb.INIT, SHOP);
    succeeds("init shop");
    assertThat(asked()).isEqualTo("init {\"dot\":\"shop\"}");
    assertThat(out).isEqualTo("Created dot shop on branch master\n");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).contains("admin/shop");
  }

  @Test
  void listMarksASoleDot() {
    daemon.answers(Verb.LIST, new ListReply(List.of(SHOP)));
    for (String word : List.of("list", "ls")) {
      succeeds(word);
      assertThat(out)
          .isEqualTo(
              """
              Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)

                DOT   BRANCH  SERVER            CONTAINERS  SIZE  COMMITS  DIRTY
              * shop  master  be3e4bdd17d569ab              -     0        -
              """);
    }
    succeeds("list -H");
    assertThat(out).isEqualTo("shop\tmaster\tbe3e4bdd17d569ab\t\t0\t0\t0\n");
    succeeds("list --json");
    assertThat(out).contains("\"currentDot\" : \"admin/shop\"").contains("\"dirtyBytes\" : 0");
  }

  @Test
  void switchTakesTheNameFromTheDaemon() throws Exception {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    succeeds("switch shop");
    assertThat(asked()).isEqualTo("dot-show {\"dot\":\"shop\"}");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).contains("admin/shop");
  }

  @Test
  void deletingAsksAndTakesOnlyAY() throws Exception {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    daemon.answers(Verb.DOT_DELETE, new Done());
    makeCurrent("admin/shop");
    for (String answer : List.of("", "\n", "y\n", "Yes\n", "n\n")) {
      input = answer;
      assertThat(dm("dot delete shop")).isZero();
      assertThat(out).endsWith("(enter Y to continue): Aborted.\n");
      assertThat(asked()).startsWith("dot-show");
    }
    input = "Y\n";
    succeeds("dot delete shop");
    assertThat(asked()).isEqualTo("dot-delete {\"dot\":\"admin/shop\"}");
    assertThat(new SettingsFile(home.resolve("config")).load().currentDot()).isEmpty();
  }

  @Test
  void theUpstreamOfADotIsSet() {
    succeeds("remote add dir file:///srv");
    daemon.answers(Verb.SET_UPSTREAM, new Done());
    succeeds("dot set-upstream dir me/shop");
    assertThat(asked())
        .isEqualTo("set-upstream {\"upstream\":{\"remote\":\"dir\",\"dot\":\"me/shop\"}}");
    succeeds("dot set-upstream shop dir me/shop");
    assertThat(asked())
        .isEqualTo(
            "set-upstream {\"dot\":\"shop\",\"upstream\":{\"remote\":\"dir\",\"dot\":\"me/shop\"}}");
  }

  @Test
  void aDotThatCannotBeNotedDownIsMadeAllTheSame() {
    daemon.answers(Verb.INIT, SHOP);
    assertThat(dm("--config /proc/nowhere/config init shop")).isEqualTo(0);
    assertThat(out).isEqualTo("Created dot shop on branch master\n");
    assertThat(err)
        .startsWith("dm: note: admin/shop is not the current dot: cannot write the settings in ");
  }

  @Test
  void forceDeletesWithoutAsking() {
    daemon.answers(Verb.DOT_SHOW, show(Optional.empty()));
    daemon.answers(Verb.DOT_DELETE, new Done());
    succeeds("dot delete -f shop");
    assertThat(out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "log | {}",
        "log --dot x | {\"dot\":\"x\"}",
        "log --branch dev | {\"branch\":\"dev\"}",
        "log --dot me/x@dev | {\"dot\":\"me/x\",\"branch\":\"dev\"}",
        "log --dot=x --branch=y | {\"dot\":\"x\",\"branch\":\"y\"}"
      })
  void optionsNameDotAndBranch(String line, String selector) {
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds(line);
    assertThat(asked()).contains("\"selector\":" + selector + ",");
  }

  @Test
  void theCurrentDotStandsIn() throws Exception {
    makeCurrent("admin/shop");
    daemon.answers(Verb.LOG, new LogReply("admin/shop", "master", List.of()));
    succeeds("log");
    assertThat(asked()).contains("\"selector\":{\"dot\":\"admin/shop\"}");
  }

  @Test
  void aCurrentDotThatIsGoneIsExplained() throws Exception {
    makeCurrent("admin/shop");
    daemon.fails(Verb.LOG, new ErrorRecord(ErrorKind.UNKNOWN_DOT, "no dot is called admin/shop"));
    assertThat(dm("log")).isEqualTo(1);
    assertThat(err)
        .isEqualTo(
            "dm: the current dot admin/shop is gone\nhint: dm switch DOT makes another one current\n");
    assertThat(dm("log --dot admin/shop")).isEqualTo(1);
    assertThat(err).isEqualTo("dm: no dot is called admin/shop\n");
  }
}
